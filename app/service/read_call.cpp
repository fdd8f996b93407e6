// SPDX-License-Identifier: Apache-2.0
#include "app/service/read_call.hpp"

#include "app/owner/fields.hpp"
#include "app/service/read_blocks.hpp"
#include "messages/limits.hpp"
#include "providers/json/members.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <limits>
#include <utility>

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
    to.system_blocks.push_back(*text);
  }
  // One text without a mark is all that most have.
  if (to.system_blocks.size() == 1 && !to.system_blocks[0].cache_mark)
    to.system = std::move(std::exchange(to.system_blocks, {})[0].text);
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
    made.cache_mark = one.flag("cache_mark");
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
    return in.refuse("tool_choice",
                     "tool_choice is {type, name, one_at_a_time}");
  fields one{*found};
  auto type = one.choice("type", {"auto", "any", "none", "tool"});
  auto& made = to.choice.emplace();
  made.name = one.text_or("name", "");
  made.one_at_a_time = one.flag("one_at_a_time");
  if (type == "any")
    made.how = tool_choice::mode::any;
  else if (type == "none")
    made.how = tool_choice::mode::none;
  else if (type == "tool")
    made.how = tool_choice::mode::one;
  if (auto problem = one.problem())
    in.refuse("tool_choice", problem->detail);
}

void read_texts_by_name(fields& in, const char* name,
                        std::map<std::string, std::string>& to) {
  auto words = std::string{name} + " is {name: text}";
  auto found = in.find(name);
  if (!found)
    return;
  if (!found->IsObject())
    return in.refuse(name, words);
  for (const auto& [key, value] : found->GetObject()) {
    if (!value.IsString())
      return in.refuse(name, words);
    to.emplace(std::string{key.GetString(), key.GetStringLength()},
               std::string{value.GetString(), value.GetStringLength()});
  }
}

// An object's members, or null after saying what `name` is.
const rapidjson::Value* object(fields& in, const char* name,
                               const char* words) {
  auto found = in.find(name);
  if (found && !found->IsObject()) {
    in.refuse(name, words);
    return nullptr;
  }
  return found;
}

void read_output(fields& in, create_message_request& to) {
  auto found = object(in, "output", "output is {schema, name, strict}");
  if (!found)
    return;
  fields one{*found};
  output_format made;
  if (auto schema = object(one, "schema", "schema is a JSON Schema"))
    made.schema_json = text_of(*schema);
  made.name = one.text_or("name", made.name);
  made.strict = one.flag("strict");
  if (auto problem = one.problem())
    return in.refuse("output", problem->detail);
  to.output = std::move(made);
}

void read_thinking(fields& in, create_message_request& to) {
  using effort = thinking_wish::effort;
  auto found = object(in, "thinking", "thinking is {effort, budget_tokens}");
  if (!found)
    return;
  fields one{*found};
  thinking_wish made;
  auto how = one.choice("effort", {"medium", "off", "low", "high"});
  for (auto each : {effort::off, effort::low, effort::high})
    if (to_string(each) == how)
      made.how = each;
  if (auto budget = one.number("budget_tokens"))
    made.budget_tokens = static_cast<int64_t>(
      std::min<uint64_t>(*budget, std::numeric_limits<int64_t>::max()));
  if (auto problem = one.problem())
    return in.refuse("thinking", problem->detail);
  to.thinking = made;
}

void read_seed(fields& in, create_message_request& to) {
  auto found = in.find("seed");
  if (found && !found->IsInt64())
    return in.refuse("seed", "seed is an integer");
  if (found)
    to.seed = found->GetInt64();
}

// As it stands in the body, so that numbers keep their form.
std::string fields_text(std::string_view body, const rapidjson::Value& fields) {
  auto raw = json::member_of(json::member_of(body, "extra"), "fields");
  return raw.empty() ? text_of(fields) : std::string{raw};
}

void read_extra(fields& in, std::string_view body, create_message_request& to) {
  auto found = object(in, "extra", "extra is {dialect, fields, headers}");
  if (!found)
    return;
  fields one{*found};
  dialect_extra made;
  made.dialect = one.text("dialect");
  if (auto more = object(one, "fields", "fields is an object"))
    made.fields_json = fields_text(body, *more);
  read_texts_by_name(one, "headers", made.headers);
  if (auto problem = one.problem())
    return in.refuse("extra", problem->detail);
  to.extra = std::move(made);
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

expected<asked_call> read_call(const rapidjson::Value& body,
                               std::string_view text) {
  fields in{body};
  asked_call made;
  auto& to = made.request;
  read_messages(in, to);
  read_system(in, to);
  to.params = in.params_here();
  read_tools(in, to);
  read_choice(in, to);
  read_output(in, to);
  read_thinking(in, to);
  read_seed(in, to);
  read_extra(in, text, to);
  read_texts_by_name(in, "metadata", to.metadata);
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
  read_texts_by_name(in, "metadata", made.metadata);
  made.purpose = in.text_or("purpose", "");
  made.model = in.maybe_text("model");
  made.id = in.text_or("id", "");
  made.timeout = read_timeout(in);
  if (auto problem = in.problem())
    return *problem;
  return made;
}

} // namespace byollm::service
