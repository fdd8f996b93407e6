// SPDX-License-Identifier: Apache-2.0
#include "app/service/read_call.hpp"

#include "app/owner/fields.hpp"
#include "app/service/read_blocks.hpp"
#include "messages/limits.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace byollm::service {

namespace {

using owner::fields;

std::optional<role> role_of(std::string_view name) {
  if (name == "user")
    return role::user;
  if (name == "assistant")
    return role::assistant;
  return std::nullopt;
}

expected<chat_message> read_message(const rapidjson::Value& from) {
  failure bad{errc::invalid_request,
              "a message is {role: user|assistant, content}"};
  if (!from.IsObject())
    return bad;
  fields in{from};
  auto who = role_of(in.text_or("role", ""));
  auto content = in.find("content");
  if (!who || !content || in.problem())
    return bad;
  auto blocks = read_content(*content);
  if (!blocks)
    return blocks.error();
  return chat_message{*who, *std::move(blocks)};
}

void read_messages(fields& in, create_message_request& to) {
  auto found = in.find("messages");
  if (!found || !found->IsArray() || found->Empty()
      || found->Size() > limits::messages_max)
    return in.refuse("messages", "there are 1 to 10,000 messages");
  for (rapidjson::SizeType i = 0; i < found->Size(); ++i) {
    auto message = read_message((*found)[i]);
    if (!message)
      return in.refuse("messages", "message " + std::to_string(i) + ": "
                                     + message.error().detail);
    to.messages.push_back(*std::move(message));
  }
}

void read_system(fields& in, create_message_request& to) {
  auto found = in.find("system");
  if (!found)
    return;
  auto blocks = read_content(*found);
  if (!blocks)
    return in.refuse("system", blocks.error().detail);
  for (const auto& block : *blocks) {
    auto text = std::get_if<text_block>(&block);
    if (!text)
      return in.refuse("system", "the system prompt is text");
    to.system += (to.system.empty() ? "" : "\n\n") + text->text;
  }
}

void read_tools(fields& in, create_message_request& to) {
  auto found = in.find("tools");
  if (!found)
    return;
  if (!found->IsArray())
    return in.refuse("tools", "tools are a list");
  for (const auto& entry : found->GetArray()) {
    if (!entry.IsObject())
      return in.refuse("tools", "a tool is {name, description, input_schema}");
    fields one{entry};
    tool made{one.text("name"), one.text_or("description", ""), "{}"};
    if (auto schema = one.find("input_schema"))
      made.input_schema_json = text_of(*schema);
    if (auto problem = one.problem())
      return in.refuse("tools", problem->detail);
    to.tools.push_back(std::move(made));
  }
}

void read_choice(fields& in, create_message_request& to) {
  auto found = in.find("tool_choice");
  if (!found)
    return;
  if (!found->IsObject())
    return in.refuse("tool_choice", "tool_choice is {type, name}");
  fields one{*found};
  auto type = one.choice("type", {"auto", "any", "none", "tool"});
  auto& made = to.choice.emplace();
  made.name = one.text_or("name", "");
  if (type == "any")
    made.how = tool_choice::mode::any;
  else if (type == "none")
    made.how = tool_choice::mode::none;
  else if (type == "tool")
    made.how = tool_choice::mode::one;
  if (auto problem = one.problem())
    in.refuse("tool_choice", problem->detail);
}

void read_metadata(fields& in, std::map<std::string, std::string>& to) {
  auto found = in.find("metadata");
  if (!found)
    return;
  if (!found->IsObject())
    return in.refuse("metadata", "metadata is {name: text}");
  for (const auto& [name, value] : found->GetObject()) {
    if (!value.IsString())
      return in.refuse("metadata", "metadata is {name: text}");
    to.emplace(std::string{name.GetString(), name.GetStringLength()},
               std::string{value.GetString(), value.GetStringLength()});
  }
}

std::optional<std::chrono::milliseconds> read_timeout(fields& in) {
  using std::chrono::milliseconds;
  constexpr milliseconds most = limits::call_timeout_max;
  auto given = in.number("timeout_ms");
  if (!given)
    return std::nullopt;
  return milliseconds{static_cast<int64_t>(
    std::min(*given, static_cast<uint64_t>(most.count())))};
}

// One text, or a list of them.
std::vector<std::string> read_texts(fields& in) {
  auto found = in.find("input");
  if (found && found->IsString())
    return {in.text("input")};
  if (!found)
    in.refuse("input", "input is a text or a list of texts");
  return in.texts("input").value_or(std::vector<std::string>{});
}

} // namespace

std::string text_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

expected<asked_call> read_call(const rapidjson::Value& body) {
  fields in{body};
  asked_call made;
  auto& to = made.request;
  read_messages(in, to);
  read_system(in, to);
  to.params = in.params_here();
  read_tools(in, to);
  read_choice(in, to);
  read_metadata(in, to.metadata);
  to.purpose = in.text_or("purpose", "");
  to.model = in.maybe_text("model");
  to.id = in.text_or("id", "");
  to.timeout = read_timeout(in);
  made.stream = in.flag("stream");
  if (auto problem = in.problem())
    return *problem;
  return made;
}

expected<embed_request> read_embed(const rapidjson::Value& body) {
  fields in{body};
  embed_request made;
  made.input.texts = read_texts(in);
  if (auto given = in.number("dimensions"))
    made.input.dimensions
      = static_cast<uint32_t>(std::min<uint64_t>(*given, UINT32_MAX));
  if (in.choice("encoding_format", {"float", "base64"}) == "base64")
    made.input.format = vector_format::base64;
  read_metadata(in, made.metadata);
  made.purpose = in.text_or("purpose", "");
  made.model = in.maybe_text("model");
  made.id = in.text_or("id", "");
  made.timeout = read_timeout(in);
  if (auto problem = in.problem())
    return *problem;
  return made;
}

} // namespace byollm::service
