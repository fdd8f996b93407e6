// SPDX-License-Identifier: Apache-2.0
#include "app/standin/ask.hpp"

#include "app/standin/json.hpp"

namespace byollm::standin {

uint64_t count_tokens(std::string_view text) noexcept {
  uint64_t result = 0;
  bool in_word = false;
  for (char c : text) {
    bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space && !in_word)
      ++result;
    in_word = !is_space;
  }
  return result;
}

const rapidjson::Value* member(const rapidjson::Value& from, const char* name) {
  if (!from.IsObject())
    return nullptr;
  auto i = from.FindMember(name);
  return i == from.MemberEnd() || i->value.IsNull() ? nullptr : &i->value;
}

std::string_view text_member(const rapidjson::Value& from, const char* name) {
  auto value = member(from, name);
  return value && value->IsString() ? as_text(*value) : std::string_view{};
}

void note_parameters(const rapidjson::Value& from,
                     std::initializer_list<const char*> names, ask& out) {
  for (auto name : names) {
    auto value = member(from, name);
    if (!value)
      continue;
    if (!out.parameters.empty())
      out.parameters += ' ';
    out.parameters += name;
    out.parameters += '=';
    out.parameters += to_json(*value);
  }
}

void read_stop(const rapidjson::Value* stop, ask& out) {
  auto take = [&out](const rapidjson::Value& value) {
    if (value.IsString() && value.GetStringLength() > 0)
      out.stop_sequences.emplace_back(as_text(value));
  };
  if (stop && stop->IsArray())
    for (auto& value : stop->GetArray())
      take(value);
  else if (stop)
    take(*stop);
}

std::string read_content(const rapidjson::Value* content, ask& out) {
  std::string result;
  if (content && content->IsString())
    result = as_text(*content);
  else if (content && content->IsArray())
    for (auto& block : content->GetArray()) {
      auto type = text_member(block, "type");
      if (type == "text")
        result += text_member(block, "text");
      else if (type == "image" || type == "image_url")
        ++out.images;
    }
  out.input_tokens += count_tokens(result);
  return result;
}

void take_message(std::string_view role, std::string text, ask& out) {
  // Three tokens frame each message, as in OpenAI's own counting recipe.
  out.input_tokens += 3;
  if (role == "tool") {
    out.tool_result = std::move(text);
  } else {
    out.tool_result.reset();
    if (role == "user")
      out.last_user_text = std::move(text);
  }
}

} // namespace byollm::standin
