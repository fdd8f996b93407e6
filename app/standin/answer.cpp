// SPDX-License-Identifier: Apache-2.0
#include "app/standin/answer.hpp"
#include "app/standin/quirks.hpp"

#include <algorithm>

namespace byollm::standin {

namespace {

constexpr std::size_t quoted_bytes_max = 400;
constexpr uint64_t thought_tokens = 16;

/// Returns at most `quoted_bytes_max` of `text`, never half a character.
std::string quoted(std::string_view text) {
  auto size = std::min(text.size(), quoted_bytes_max);
  while (size < text.size() && size > 0
         && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  std::string result{text.substr(0, size)};
  if (size < text.size())
    result += "...";
  return result;
}

std::string introduction(const ask& what) {
  auto result = "I am byollm-standin, a stand-in LLM (no model thinks here). "
                "model="
                + quoted(what.model);
  if (!what.parameters.empty())
    result += ' ' + quoted(what.parameters);
  if (!what.tools.empty())
    result += " tools=" + std::to_string(what.tools.size());
  if (what.images > 0)
    result += " images=" + std::to_string(what.images);
  return result + ". ";
}

/// Returns the tool that this turn should call, or null.
const offered_tool* tool_to_call(const ask& what) {
  if (what.tools.empty() || what.tools_forbidden || what.tool_result
      || knows_no_tools(what.model))
    return nullptr;
  if (!what.required_tool.empty()) {
    auto is_required
      = [&](auto& tool) { return tool.name == what.required_tool; };
    auto i = std::find_if(what.tools.begin(), what.tools.end(), is_required);
    return i == what.tools.end() ? nullptr : &*i;
  }
  auto is_asked = what.last_user_text.find("use the tool") != std::string::npos;
  return is_asked || what.tools_required ? &what.tools.front() : nullptr;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    auto end = text.find(' ');
    end = end == std::string_view::npos ? text.size() : end + 1;
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return result;
}

/// Cuts `text` before the first stop sequence in it, as a provider would.
void apply_stop(const ask& what, std::string& text, answer& out) {
  auto first = std::string::npos;
  for (auto& sequence : what.stop_sequences) {
    auto at = text.find(sequence);
    if (at < first) {
      first = at;
      out.stopped_by = sequence;
    }
  }
  if (first != std::string::npos) {
    text.resize(first);
    out.stop = stop_reason::stop_sequence;
  }
}

} // namespace

std::string answer::text() const {
  std::string result;
  for (auto& word : words)
    result += word;
  return result;
}

answer compose(const ask& what) {
  answer result;
  result.input_tokens = what.input_tokens;
  std::string text;
  if (auto tool = tool_to_call(what)) {
    result.tool = tool->name;
    result.arguments = plausible_arguments(tool->schema);
    result.stop = stop_reason::tool;
    text = "I am byollm-standin and call " + result.tool + ".";
  } else if (what.output) {
    text = plausible_arguments(what.output);
  } else {
    text = introduction(what);
    text += what.tool_result ? "The tool answered: " + quoted(*what.tool_result)
                             : "You said: " + quoted(what.last_user_text);
    apply_stop(what, text, result);
  }
  result.words = split_words(text);
  if (thinks_first(what.model) && what.tokens_max
      && *what.tokens_max <= thought_tokens) {
    // The thought is not told, but counted.
    result.words.clear();
    result.stop = stop_reason::length;
    result.output_tokens = *what.tokens_max;
    return result;
  }
  // One word is one token here; a tool call is not cut in the middle.
  if (what.tokens_max && result.words.size() > *what.tokens_max
      && result.tool.empty()) {
    result.words.resize(*what.tokens_max);
    result.stop = stop_reason::length;
    result.stopped_by.clear();
  }
  result.output_tokens = result.words.size() + count_tokens(result.arguments);
  return result;
}

} // namespace byollm::standin
