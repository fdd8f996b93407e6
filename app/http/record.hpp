// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm::http {

/// What may be told of a request: a name that lives for ever, and a value.
using notes = std::vector<std::pair<std::string_view, std::string>>;

/// Replaces what `to` says of `name`, or adds it.
void set_note(notes& to, std::string_view name, std::string_view value);

/// One request and what became of it, for an access log. Of what a client sent
/// it has only what cannot be a token: no path, no query, no field as it came.
struct record {
  using clock = std::chrono::steady_clock;

  clock::time_point began = {};
  /// A method of HTTP's, "other", or empty if there was no request line.
  std::string_view method = {};
  bool is_local = false;
  /// The peer's address; empty if local.
  std::string peer = {};
  /// Bounded; what could be a key is masked.
  std::string user_agent = {};
  /// Of a valid `traceparent`: 32 hex digits.
  std::string trace = {};
  /// 0: no answer was made.
  int status = 0;
  /// With heads and framing.
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  std::optional<clock::duration> first_byte = {};
  clock::duration took = {};
  /// The client was gone, or did not read, before the answer was whole.
  bool is_cut = false;
  /// We broke the answer off.
  bool is_torn = false;
  /// What the answer and who made it say.
  notes said = {};
};

/// Takes from a head what a record tells of it.
void describe_head(const request& head, record& to);

/// Returns the trace id of a W3C `traceparent`; empty if it is not valid.
std::string_view trace_of(std::string_view traceparent) noexcept;

/// Returns `agent` without what could be a key: of 256 bytes, ASCII, and no
/// word of more than 24 letters.
std::string plain_agent(std::string_view agent);

} // namespace byollm::http
