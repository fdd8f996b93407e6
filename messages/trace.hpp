// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byollm {

struct create_message_request;

/// A caller's trace as HTTP carries it (W3C Trace Context); empty: none.
struct trace_headers {
  std::string parent = {};
  std::string state = {};
};

/// What a `traceparent` says.
struct trace_context {
  /// 32 and 16 digits, lower-case hex; neither is all zeros.
  std::string trace_id = {};
  std::string span_id = {};
  uint8_t flags = 0;

  bool is_sampled() const noexcept {
    return (flags & 1) != 0;
  }

  bool operator==(const trace_context&) const = default;
};

/// Reads a `traceparent`; nothing if it breaks the recommendation in any way.
/// Of a later version what is known of it counts.
BYOLLM_API std::optional<trace_context>
parse_traceparent(std::string_view text);

/// Returns it as a `traceparent` of version 00.
BYOLLM_API std::string to_traceparent(const trace_context& what);

/// Returns whether a `tracestate` may be passed on: up to 32 members of a key
/// and a value, up to limits::tracestate_bytes_max.
BYOLLM_API bool is_tracestate(std::string_view text) noexcept;

/// Returns `given` without what breaks the recommendation: a state goes with
/// its parent.
BYOLLM_API trace_headers sound_trace(trace_headers given);

/// Returns the sound trace of a request: its own, else the one among its extra
/// headers.
BYOLLM_API trace_headers trace_of(const create_message_request& request);

/// Returns the id of the span of one attempt of a call. Whoever knows the three
/// knows it, so nobody has to keep it.
BYOLLM_API std::string span_id_of(std::string_view trace_id,
                                  std::string_view call, uint32_t attempt);

/// Returns the trace id of a call that came without a trace.
BYOLLM_API std::string trace_id_of(std::string_view call);

} // namespace byollm
