// SPDX-License-Identifier: Apache-2.0
#include "app/owner/fields.hpp"

#include "messages/calendar.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace byollm::owner {

namespace {

std::string str(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

bool read_stops(const rapidjson::Value& in, parameters& to) {
  if (!in.IsArray())
    return false;
  auto& stops = to.stop_sequences.emplace();
  for (const auto& stop : in.GetArray()) {
    if (!stop.IsString())
      return false;
    stops.push_back(str(stop));
  }
  return true;
}

bool read_number(const rapidjson::Value& in, std::optional<double>& to) {
  if (!in.IsNumber())
    return false;
  to = in.GetDouble();
  return true;
}

bool read_parameter(const rapidjson::Value& in, parameter which,
                    parameters& to) {
  switch (which) {
  case parameter::temperature:
    return read_number(in, to.temperature);
  case parameter::top_p:
    return read_number(in, to.top_p);
  case parameter::presence_penalty:
    return read_number(in, to.presence_penalty);
  case parameter::frequency_penalty:
    return read_number(in, to.frequency_penalty);
  case parameter::max_tokens:
    if (!in.IsInt64())
      return false;
    to.max_tokens = in.GetInt64();
    return true;
  case parameter::stop_sequences:
    return read_stops(in, to);
  }
  return false;
}

std::optional<chat_message> read_message(const rapidjson::Value& in) {
  if (!in.IsObject())
    return std::nullopt;
  auto who = in.FindMember("role");
  auto text = in.FindMember("text");
  if (who == in.MemberEnd() || !who->value.IsString() || text == in.MemberEnd()
      || !text->value.IsString())
    return std::nullopt;
  auto name = str(who->value);
  if (name != "user" && name != "assistant")
    return std::nullopt;
  return chat_message{name == "user" ? role::user : role::assistant,
                      {text_block{str(text->value)}}};
}

} // namespace

std::optional<std::vector<std::string>> fields::texts(const char* name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  std::vector<std::string> out;
  for (size_t i = 0; found->IsArray() && i < found->Size(); ++i)
    if (const auto& one = (*found)[static_cast<unsigned>(i)]; one.IsString())
      out.push_back(str(one));
  if (!found->IsArray() || out.size() != found->Size())
    refuse(name, std::string{name} + " is a list of texts");
  return out;
}

std::string fields::text(const char* name) {
  auto out = text_or(name, "");
  if (out.empty())
    refuse(name, std::string{name} + " is missing or empty");
  return out;
}

std::string fields::text_or(const char* name, std::string_view otherwise) {
  auto out = maybe_text(name);
  return out ? std::move(*out) : std::string{otherwise};
}

std::optional<std::string> fields::maybe_text(const char* name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  if (!found->IsString()) {
    refuse(name, std::string{name} + " must be a text");
    return std::nullopt;
  }
  return str(*found);
}

std::string fields::choice(const char* name,
                           std::initializer_list<std::string_view> choices) {
  auto out = text_or(name, *choices.begin());
  if (std::find(choices.begin(), choices.end(), out) == choices.end()) {
    std::string detail = std::string{name} + " is one of:";
    for (auto choice : choices)
      detail.append(" ").append(choice);
    refuse(name, std::move(detail));
    return std::string{*choices.begin()};
  }
  return out;
}

bool fields::flag(const char* name, bool otherwise) {
  auto found = find(name);
  if (!found)
    return otherwise;
  if (!found->IsBool()) {
    refuse(name, std::string{name} + " must be true or false");
    return otherwise;
  }
  return found->GetBool();
}

std::optional<uint64_t> fields::number(const char* name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  if (!found->IsUint64()) {
    refuse(name, std::string{name} + " must be a whole number from 0");
    return std::nullopt;
  }
  return found->GetUint64();
}

std::optional<std::chrono::sys_days> fields::day(const char* name) {
  auto text = maybe_text(name);
  if (!text)
    return std::nullopt;
  auto day = parse_day(*text);
  if (!day)
    refuse(name, std::string{name} + " is a day, as 2026-01-31");
  return day;
}

parameters fields::params(const char* name) {
  parameters out;
  auto found = find(name);
  if (!found)
    return out;
  if (!found->IsObject()) {
    refuse(name, std::string{name} + " must be an object");
    return out;
  }
  for (const auto& [key, value] : found->GetObject()) {
    auto which = parse_parameter(str(key));
    if (!which || !read_parameter(value, *which, out)) {
      refuse(name, which ? str(key) + " has a value of the wrong kind"
                         : "there is no parameter called " + str(key));
      return {};
    }
  }
  if (auto checked = check_ranges(out); !checked) {
    auto& why = checked.error();
    refuse(why.parameter.c_str(), why.detail);
  }
  return out;
}

parameters fields::params_here() {
  parameters out;
  for (auto which : all_parameters) {
    auto name = to_string(which).data();
    auto found = find(name);
    if (found && !read_parameter(*found, which, out))
      refuse(name, std::string{name} + " has a value of the wrong kind");
  }
  if (auto checked = check_ranges(out); !checked) {
    auto& why = checked.error();
    refuse(why.parameter.c_str(), why.detail);
  }
  return out;
}

std::vector<chat_message> fields::conversation() {
  if (auto one = maybe_text("message"))
    return {{role::user, {text_block{std::move(*one)}}}};
  auto found = find("messages");
  if (!found || !found->IsArray() || found->Empty()
      || found->Size() > limits::messages_max) {
    refuse("messages", "say something: a message is missing");
    return {};
  }
  std::vector<chat_message> out;
  for (const auto& entry : found->GetArray()) {
    auto message = read_message(entry);
    if (!message) {
      refuse("messages", "each message is {role: user|assistant, text}");
      return {};
    }
    out.push_back(std::move(*message));
  }
  return out;
}

std::optional<failure> fields::problem() const {
  if (first_)
    return first_;
  for (const auto& member : in_.GetObject()) {
    auto name = str(member.name);
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      return failure{errc::invalid_request, "this operation takes no " + name,
                     name};
  }
  return std::nullopt;
}

const rapidjson::Value* fields::find(const char* name) {
  known_.emplace_back(name);
  auto found = in_.FindMember(name);
  return found == in_.MemberEnd() || found->value.IsNull() ? nullptr
                                                           : &found->value;
}

void fields::refuse(const char* name, std::string detail) {
  if (!first_)
    first_ = failure{errc::invalid_request, std::move(detail), name};
}

} // namespace byollm::owner
