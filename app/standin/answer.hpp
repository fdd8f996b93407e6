// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/ask.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::standin {

enum class stop_reason : uint8_t { end, length, stop_sequence, tool };

/// What we say to an ask, before a dialect dresses it.
struct answer {
  /// The text in the pieces in which it streams: a word and its space each.
  std::vector<std::string> words;
  /// Set if we call a tool: its name, and its arguments as a JSON object.
  std::string tool;
  std::string arguments;
  stop_reason stop = stop_reason::end;
  /// The sequence that stopped us, or "".
  std::string stopped_by;
  uint64_t input_tokens = 0;
  uint64_t output_tokens = 0;

  std::string text() const;
};

/// Answers `what`: says that we are a stand-in, which model and parameters
/// arrived and what the user said; or calls a tool if told to, or says JSON
/// that fits a schema if asked for that.
answer compose(const ask& what);

/// Returns arguments that `schema` would accept, as JSON.
std::string plausible_arguments(const rapidjson::Value* schema);

} // namespace byollm::standin
