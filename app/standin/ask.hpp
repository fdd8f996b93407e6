// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::standin {

/// A tool the caller offers. Points into the parsed request.
struct offered_tool {
  std::string_view name;
  /// JSON schema of its arguments, or null.
  const rapidjson::Value* schema = nullptr;
};

/// What a chat request says, whichever dialect it came in.
struct ask {
  std::string model;
  bool stream = false;
  /// OpenAI: the caller wants the usage chunk.
  bool include_usage = false;
  std::string last_user_text;
  /// Set if the conversation ends with a tool's result.
  std::optional<std::string> tool_result;
  std::vector<offered_tool> tools;
  bool tools_forbidden = false;
  bool tools_required = false;
  /// The one tool that the caller insists on, or "".
  std::string required_tool;
  /// JSON schema that the answer must fit, or null.
  const rapidjson::Value* output = nullptr;
  std::vector<std::string> stop_sequences;
  std::optional<uint64_t> tokens_max;
  /// "temperature=0.4 max_tokens=64": what came, as it came.
  std::string parameters;
  uint64_t input_tokens = 0;
  uint64_t images = 0;
};

/// Counts words: our idea of tokens, so that a person can check the sums.
uint64_t count_tokens(std::string_view text) noexcept;

/// Returns the member called `name`, or null if absent, null, or no object.
const rapidjson::Value* member(const rapidjson::Value& from, const char* name);

/// Returns the string member called `name`, or "".
std::string_view text_member(const rapidjson::Value& from, const char* name);

/// Adds " name=value" to `out.parameters` for each member that is there.
void note_parameters(const rapidjson::Value& from,
                     std::initializer_list<const char*> names, ask& out);

/// Reads `stop` in any of its forms: a string or an array of strings.
void read_stop(const rapidjson::Value* stop, ask& out);

/// Reads a message's content, a string or an array of blocks, counting its
/// tokens and images into `out`. Returns its text.
std::string read_content(const rapidjson::Value* content, ask& out);

/// Takes a message of `role` with `text` as the newest of the conversation.
void take_message(std::string_view role, std::string text, ask& out);

} // namespace byollm::standin
