// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/server.hpp"
#include "app/service/parts.hpp"

namespace byollm::service {

/// Finds who is calling and the route that is meant, and reads the body.
/// Refused: an unknown path (404), another method (405), no or a wrong token
/// (401), one that may not do this (403), a body that is no JSON object (400).
void route(parts& of, const http::exchange_ptr& at);

/// Refuses by the head of a request with a large body, as `route` would, and
/// without reading it: an unknown path, another method, no or a
/// wrong token, a tenant that has no room. Else says whose the body is.
http::head_verdict look_at_head(parts& of, const http::request& head);

/// Makes the answer to what the HTTP server itself refuses, in the words of the
/// path that was meant, if `head` tells it.
http::answer refusal_of(const parts& of, int status, std::string_view why,
                        const http::request* head);

} // namespace byollm::service
