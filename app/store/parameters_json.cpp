// SPDX-License-Identifier: Apache-2.0
#include "app/store/parameters_json.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace byollm {

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;
using json_value = rapidjson::Value;

// -- writing ------------------------------------------------------------------

void put_key(json_writer& out, std::string_view key) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void put(json_writer& out, const std::optional<double>& value,
         parameter which) {
  if (!value)
    return;
  put_key(out, to_string(which));
  out.Double(*value);
}

void put(json_writer& out, const parameters& from) {
  out.StartObject();
  put(out, from.temperature, parameter::temperature);
  put(out, from.top_p, parameter::top_p);
  if (from.max_tokens) {
    put_key(out, to_string(parameter::max_tokens));
    out.Int64(*from.max_tokens);
  }
  put(out, from.presence_penalty, parameter::presence_penalty);
  put(out, from.frequency_penalty, parameter::frequency_penalty);
  if (from.stop_sequences) {
    put_key(out, to_string(parameter::stop_sequences));
    out.StartArray();
    for (const auto& sequence : *from.stop_sequences)
      out.String(sequence);
    out.EndArray();
  }
  out.EndObject();
}

void put(json_writer& out, const std::map<std::string, parameters>& from) {
  out.StartObject();
  for (const auto& [name, values] : from) {
    put_key(out, name);
    put(out, values);
  }
  out.EndObject();
}

void put(json_writer& out, const char* name,
         const std::optional<std::vector<std::string>>& texts) {
  if (!texts)
    return;
  put_key(out, name);
  out.StartArray();
  for (const auto& text : *texts)
    out.String(text);
  out.EndArray();
}

void put(json_writer& out, const char* name,
         const std::optional<uint64_t>& number) {
  if (!number)
    return;
  put_key(out, name);
  out.Uint64(*number);
}

void put(json_writer& out, const policy_table& from) {
  out.StartObject();
  for (const auto& [name, may] : from) {
    put_key(out, name);
    out.StartObject();
    put(out, "purposes", may.purposes);
    put(out, "models", may.models);
    put(out, "calls_per_day", may.calls_per_day);
    put(out, "tokens_per_day", may.tokens_per_day);
    out.EndObject();
  }
  out.EndObject();
}

// -- reading ------------------------------------------------------------------

bool read(const json_value& from, std::optional<double>& into) {
  if (!from.IsNumber())
    return false;
  into = from.GetDouble();
  return true;
}

bool read(const json_value& from, std::optional<int64_t>& into) {
  if (!from.IsInt64())
    return false;
  into = from.GetInt64();
  return true;
}

bool read(const json_value& from,
          std::optional<std::vector<std::string>>& into) {
  if (!from.IsArray())
    return false;
  auto& texts = into.emplace();
  for (const auto& item : from.GetArray()) {
    if (!item.IsString())
      return false;
    texts.emplace_back(item.GetString(), item.GetStringLength());
  }
  return true;
}

bool read_one(parameter which, const json_value& from, parameters& into) {
  switch (which) {
  case parameter::temperature:
    return read(from, into.temperature);
  case parameter::top_p:
    return read(from, into.top_p);
  case parameter::max_tokens:
    return read(from, into.max_tokens);
  case parameter::presence_penalty:
    return read(from, into.presence_penalty);
  case parameter::frequency_penalty:
    return read(from, into.frequency_penalty);
  case parameter::stop_sequences:
    return read(from, into.stop_sequences);
  }
  return false;
}

bool read(const json_value& from, parameters& into) {
  if (!from.IsObject())
    return false;
  for (const auto& member : from.GetObject()) {
    auto which = parse_parameter(
      {member.name.GetString(), member.name.GetStringLength()});
    if (!which || !read_one(*which, member.value, into))
      return false;
  }
  return true;
}

bool read(const json_value& from, std::optional<uint64_t>& into) {
  if (!from.IsUint64())
    return false;
  into = from.GetUint64();
  return true;
}

bool read(const json_value& from, extension_policy& into) {
  if (!from.IsObject())
    return false;
  for (const auto& member : from.GetObject()) {
    std::string_view name{member.name.GetString(),
                          member.name.GetStringLength()};
    auto good
      = name == "purposes" ? read(member.value, into.purposes)
        : name == "models" ? read(member.value, into.models)
        : name == "calls_per_day"
          ? read(member.value, into.calls_per_day)
          : name == "tokens_per_day" && read(member.value, into.tokens_per_day);
    if (!good)
      return false;
  }
  return true;
}

template <class Entry>
bool read(const json_value& from, std::map<std::string, Entry>& into) {
  if (!from.IsObject())
    return false;
  for (const auto& member : from.GetObject())
    if (!read(member.value, into[std::string{member.name.GetString(),
                                             member.name.GetStringLength()}]))
      return false;
  return true;
}

template <class Into>
bool read_member(const json_value& from, const char* name, Into& into) {
  auto found = from.FindMember(name);
  return found != from.MemberEnd() && read(found->value, into);
}

} // namespace

std::string parameter_sets_json(const stored_platform_config& from) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  put_key(out, "global");
  put(out, from.global);
  put_key(out, "ceilings");
  put(out, from.ceilings);
  put_key(out, "per_purpose");
  put(out, from.per_purpose);
  put_key(out, "per_extension");
  put(out, from.per_extension);
  put_key(out, "policies");
  put(out, from.policies);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

status read_parameter_sets(std::string_view json,
                           stored_platform_config& into) {
  // Iterative, because the text may have been edited: depth costs no stack
  // then.
  constexpr unsigned flags
    = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
  rapidjson::Document document;
  document.Parse<flags>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()
      || !read_member(document, "global", into.global)
      || !read_member(document, "ceilings", into.ceilings)
      || !read_member(document, "per_purpose", into.per_purpose)
      || !read_member(document, "per_extension", into.per_extension)
      // Stores of before there were policies have none.
      || (document.HasMember("policies")
          && !read_member(document, "policies", into.policies)))
    return failure{errc::store_corrupt,
                   "the stored parameters of the platform do not read"};
  return unit{};
}

} // namespace byollm
