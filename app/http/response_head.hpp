// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"

#include <cstddef>
#include <string>

namespace byollm::http {

/// How the client knows where a body ends.
enum class body_form {
  none,    ///< There is none by the status.
  length,  ///< `Content-Length`.
  chunked, ///< `Transfer-Encoding: chunked`.
  to_end   ///< The end of the connection, for HTTP/1.0.
};

/// Returns whether `what` can be sent: a final status, and fields that are
/// HTTP's and not the server's own.
bool is_sendable(const answer& what) noexcept;

/// Appends the head of `what`.
void append_head(const answer& what, body_form form, bool closes,
                 std::string& out);

/// Appends the line before a chunk of `size` bytes.
void append_chunk_size(size_t size, std::string& out);

/// Returns what the server answers by default to what it refuses.
answer default_error(int status, std::string_view why);

} // namespace byollm::http
