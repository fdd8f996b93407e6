// SPDX-License-Identifier: Apache-2.0
#include "app/cli/print.hpp"

#include "app/owner/json.hpp"
#include "app/process/terminal.hpp"
#include "messages/calendar.hpp"

#include <rapidjson/prettywriter.h>

#include <array>

namespace byollm::cli {

namespace {

std::string raw_text_of(const rapidjson::Value& in, const char* name) {
  auto found = in.FindMember(name);
  if (found == in.MemberEnd() || !found->value.IsString())
    return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

// What one row is about, in one cell.
std::string what_of(const std::string& type, const rapidjson::Value& fields) {
  if (type == "change")
    return text_of(fields, "subject") + " " + text_of(fields, "summary");
  if (type == "intent")
    return text_of(fields, "provider") + " " + text_of(fields, "model");
  auto out = text_of(fields, "status");
  if (auto error = text_of(fields, "error"); error != "none")
    out += ": " + error;
  return out;
}

std::string tokens_of(const rapidjson::Value& fields) {
  auto in = text_of(fields, "input_uncached");
  auto out = text_of(fields, "output");
  return in.empty() && out.empty() ? "" : in + "/" + out;
}

} // namespace

std::string text_of(const rapidjson::Value& in, const char* name) {
  return printable(raw_text_of(in, name));
}

bool flag_of(const rapidjson::Value& in, const char* name) {
  auto found = in.FindMember(name);
  return found != in.MemberEnd() && found->value.IsTrue();
}

uint64_t number_of(const rapidjson::Value& in, const char* name) {
  auto found = in.FindMember(name);
  return found != in.MemberEnd() && found->value.IsUint64()
           ? found->value.GetUint64()
           : 0;
}

std::string json_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  owner::json_writer writer{buffer};
  value.Accept(writer);
  return printable(buffer.GetString());
}

void print_json(std::ostream& to, const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer{buffer};
  writer.SetIndent(' ', 2);
  value.Accept(writer);
  to << buffer.GetString() << '\n';
}

void print_settings(std::ostream& to, const rapidjson::Value& view) {
  auto key = flag_of(view, "has_key")
               ? "stored, version "
                   + std::to_string(number_of(view, "key_version"))
                   + " (never shown)"
               : std::string{"none"};
  to << "provider  " << text_of(view, "provider") << '\n'
     << "model     " << text_of(view, "model") << '\n'
     << "base URL  " << text_of(view, "base_url") << '\n';
  if (auto embeds = text_of(view, "embedding_model"); !embeds.empty())
    to << "embeds by " << embeds << '\n';
  to << "key       " << key << '\n';
  if (auto refused = view.FindMember("refused"); refused != view.MemberEnd())
    to << "          the provider refuses calls on it since "
       << day_text(utc_day(
            static_cast<int64_t>(number_of(refused->value, "since_unix_ms"))))
       << " [" << text_of(refused->value, "code")
       << "]: set a new one, or ask the provider\n";
  to << "enabled   " << (flag_of(view, "enabled") ? "yes" : "no")
     << (flag_of(view, "admin_disabled") ? ", but disabled by the admin" : "")
     << '\n'
     << "on error  "
     << (text_of(view, "fallback") == "platform"
           ? "the platform's LLM answers, if that is on, and bills"
           : "the call fails; nothing goes to the platform")
     << '\n';
}

void print_params(std::ostream& to, const rapidjson::Value& params,
                  std::string_view indent) {
  table rows{{"parameter", "value", "set by", "fate"}};
  for (const auto& param : params.GetArray()) {
    auto fate = text_of(param, "fate");
    auto unset = fate == "unset";
    if (auto reason = text_of(param, "reason"); !reason.empty())
      fate += ": " + reason;
    rows.add({text_of(param, "parameter"),
              unset ? "-" : json_of(param["value"]),
              unset ? "nobody" : text_of(param, "set_by"),
              unset ? "not sent; the provider's default" : fate});
  }
  rows.print(to, indent);
}

std::string params_line(const rapidjson::Value& params) {
  std::string out;
  for (const auto& param : params.GetArray()) {
    auto fate = text_of(param, "fate");
    if (fate == "unset")
      continue;
    out += out.empty() ? "" : ", ";
    out += text_of(param, "parameter") + "=" + json_of(param["value"]) + " ("
           + text_of(param, "set_by");
    if (fate != "taken")
      out += ", " + fate;
    out += ")";
  }
  return out.empty() ? "all parameters: provider defaults" : out;
}

void print_rows(std::ostream& to, const rapidjson::Value& rows) {
  table out{{"seq", "type", "who", "turn", "what", "bill", "cost", "in/out"}};
  for (const auto& row : rows.GetArray()) {
    const auto& fields = row["fields"];
    auto type = text_of(row, "type");
    auto who = text_of(fields, "tenant");
    if (auto user = text_of(fields, "user"); !user.empty())
      who += "/" + user;
    out.add({std::to_string(number_of(row, "seq")), type, who,
             text_of(fields, "turn"), what_of(type, fields),
             text_of(fields, "billing"), text_of(fields, "cost_micro"),
             tokens_of(fields)});
  }
  out.print(to);
}

void print_whole_rows(std::ostream& to, const rapidjson::Value& rows) {
  for (const auto& row : rows.GetArray()) {
    to << "record " << number_of(row, "seq") << ", " << text_of(row, "type")
       << '\n';
    table out{{"field", "value"}};
    for (const auto& field : row["fields"].GetObject())
      out.add({printable(field.name.GetString()),
               printable(field.value.GetString())});
    out.print(to, "  ");
  }
}

void print_stats(std::ostream& to, const rapidjson::Value& rows) {
  constexpr std::array texts = {"day", "billing", "provider", "purpose"};
  constexpr std::array numbers
    = {"attempts",   "succeeded",   "usage_unknown", "input_uncached",
       "cache_read", "cache_write", "output",        "reasoning"};
  table out{{"day", "bill", "provider", "purpose", "attempts", "success",
             "unknown", "in", "cached", "to cache", "out", "thinking"}};
  for (const auto& row : rows.GetArray()) {
    std::vector<std::string> cells;
    for (auto name : texts)
      cells.push_back(text_of(row, name));
    for (auto name : numbers)
      cells.push_back(std::to_string(number_of(row, name)));
    out.add(std::move(cells));
  }
  out.print(to);
}

void print_usage(std::ostream& to, const rapidjson::Value& rows) {
  table out{{"day", "who", "extension", "purpose", "bill", "provider", "model",
             "attempts", "in", "cached", "out", "cost", "unpriced"}};
  uint64_t cost = 0, unpriced = 0;
  auto count = [](const rapidjson::Value& row, const char* name) {
    return std::to_string(number_of(row, name));
  };
  for (const auto& row : rows.GetArray()) {
    cost += number_of(row, "cost_micro");
    unpriced += number_of(row, "unpriced");
    out.add(
      {text_of(row, "day"), text_of(row, "tenant") + "/" + text_of(row, "user"),
       text_of(row, "extension"), text_of(row, "purpose"),
       text_of(row, "billing"), text_of(row, "provider"), text_of(row, "model"),
       count(row, "attempts"), count(row, "input_uncached"),
       count(row, "cache_read") + "+" + count(row, "cache_write"),
       count(row, "output"), count(row, "cost_micro"), count(row, "unpriced")});
  }
  out.print(to);
  to << "cost " << cost << " micro-units; " << unpriced
     << " attempts are unpriced\n";
}

bool print_verdict(std::ostream& to, const rapidjson::Value& verdict) {
  if (flag_of(verdict, "intact")) {
    to << "intact: " << number_of(verdict, "records") << " records, "
       << number_of(verdict, "checkpoints") << " checkpoints, "
       << number_of(verdict, "anchors") << " anchors, root "
       << text_of(verdict, "root") << '\n';
    return true;
  }
  to << "NOT INTACT at record " << number_of(verdict, "first_bad_seq") << ": "
     << text_of(verdict, "problem") << '\n';
  return false;
}

} // namespace byollm::cli
