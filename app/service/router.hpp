// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/parts.hpp"

namespace byollm::service {

/// Finds who is calling and the route that is meant, and reads the body.
/// Refused: an unknown path (404), another method (405), no or a wrong token
/// (401), one that may not do this (403), a body that is no JSON object (400).
void route(parts& of, const http::exchange_ptr& at);

/// Makes the answer to what the HTTP server itself refuses, in the words of the
/// path that was meant, if `head` tells it.
http::answer refusal_of(const parts& of, int status, std::string_view why,
                        const http::request* head);

} // namespace byollm::service
