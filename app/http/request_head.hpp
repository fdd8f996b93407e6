// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/refusal.hpp"
#include "app/http/request.hpp"

#include <cstdint>

namespace byollm::http {

/// What a head says about the bytes that follow it.
struct request_framing {
  bool is_http_1_0 = false;
  bool closes = false;
  bool is_chunked = false;
  bool expects_continue = false;
  uint64_t content_length = 0;
};

/// Takes a head line by line, without the line ends. Strict: what two readers
/// could understand differently is refused. Lines hold no '\n'.
refusal take_request_line(std::string_view line, request& out,
                          request_framing& framing);
refusal take_field_line(std::string_view line, request& out,
                        request_framing& framing);

/// Checks the head as a whole.
refusal finish_head(const request& head, const request_framing& framing);

} // namespace byollm::http
