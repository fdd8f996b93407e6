// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"
#include "app/http/sse.hpp"
#include "messages/errors.hpp"
#include "messages/reply.hpp"

#include <string>
#include <string_view>

namespace byollm::service {

using http::event;

/// The objects of docs/service.md as JSON.
std::string render(const message_reply& reply);
std::string render(const delta& piece);
/// As numbers, or each vector as base64 of little-endian 32-bit floats.
std::string render_vectors(const message_reply& reply, bool in_base64);
std::string render_count(const message_reply& reply);
std::string render_error(const failure& why);

/// Returns the HTTP status that goes with a failure.
int status_of(errc code) noexcept;

/// Returns the whole answer that tells a failure.
http::answer answer_of(const failure& why);

/// Returns what the HTTP server itself refuses, in the same form.
http::answer refused_by_server(int status, std::string_view why);

} // namespace byollm::service
