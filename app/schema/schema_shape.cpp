// SPDX-License-Identifier: Apache-2.0
#include "app/schema/schema_shape.hpp"

#include "messages/limits.hpp"

#include <rapidjson/internal/regex.h>

#include <algorithm>
#include <array>
#include <string>

namespace byollm {

namespace {

using rapidjson::Value;

failure bad(std::string detail) {
  return {errc::invalid_request, std::move(detail), "parameters"};
}

std::string_view view_of(const Value& text) noexcept {
  return {text.GetString(), text.GetStringLength()};
}

bool is_schema(const Value& value) {
  return value.IsObject() || value.IsBool();
}

template <class Fits>
bool is_list_of(const Value& value, Fits fits) {
  return value.IsArray() && std::ranges::all_of(value.GetArray(), fits);
}

bool is_text(const Value& value) {
  return value.IsString();
}

bool is_texts(const Value& value) {
  return is_list_of(value, is_text);
}

bool is_type(const Value& value) {
  return value.IsString() || is_texts(value);
}

bool is_list(const Value& value) {
  return value.IsArray();
}

bool is_choice(const Value& value) {
  return is_list_of(value, is_schema) && !value.Empty();
}

bool is_schema_or_list(const Value& value) {
  return is_schema(value) || is_list_of(value, is_schema);
}

template <class Fits>
bool is_map_of(const Value& value, Fits fits) {
  return value.IsObject()
         && std::ranges::all_of(value.GetObject(), [&](const auto& member) {
              return fits(member.value);
            });
}

bool is_schemas(const Value& value) {
  return is_map_of(value, is_schema);
}

bool is_dependencies(const Value& value) {
  return is_map_of(
    value, [](const Value& each) { return is_schema(each) || is_texts(each); });
}

// Where the schemas inside of a keyword are.
enum class inside { nothing, itself, members };

struct form {
  std::string_view keyword;
  bool (*fits)(const Value&);
  inside schemas;
};

constexpr std::array forms = {
  form{"type", is_type, inside::nothing},
  form{"enum", is_list, inside::nothing},
  form{"required", is_texts, inside::nothing},
  form{"pattern", is_text, inside::nothing},
  form{"not", is_schema, inside::itself},
  form{"additionalProperties", is_schema, inside::itself},
  form{"additionalItems", is_schema, inside::itself},
  form{"items", is_schema_or_list, inside::itself},
  form{"anyOf", is_choice, inside::itself},
  form{"oneOf", is_choice, inside::itself},
  form{"allOf", is_choice, inside::itself},
  form{"properties", is_schemas, inside::members},
  form{"patternProperties", is_schemas, inside::members},
  form{"$defs", is_schemas, inside::members},
  form{"definitions", is_schemas, inside::members},
  form{"dependencies", is_dependencies, inside::members},
};

status check_pattern(const Value& pattern) {
  std::string text{view_of(pattern)};
  if (!is_modest(text))
    return bad("a pattern repeats too often");
  // It says nothing of an error, and then lets everything pass.
  rapidjson::internal::GenericRegex<rapidjson::UTF8<>> compiled{text.c_str()};
  if (compiled.IsValid())
    return unit{};
  return bad("the pattern " + text
             + " is none that is known here: classes are written out, as [0-9] "
               "for \\d, and groups are plain");
}

status check_patterns(std::string_view keyword, const Value& value) {
  if (keyword == "pattern")
    return check_pattern(value);
  if (keyword != "patternProperties")
    return unit{};
  for (const auto& [name, _] : value.GetObject())
    if (auto known = check_pattern(name); !known)
      return known;
  return unit{};
}

status check_each(const Value& in, inside where) {
  if (where == inside::nothing)
    return unit{};
  if (where == inside::members) {
    for (const auto& [_, each] : in.GetObject())
      if (auto fits = check_shape(each); !fits)
        return fits;
    return unit{};
  }
  if (!in.IsArray())
    return check_shape(in);
  for (const auto& each : in.GetArray())
    if (auto fits = check_shape(each); !fits)
      return fits;
  return unit{};
}

} // namespace

bool is_modest(std::string_view text) noexcept {
  uint64_t product = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{')
      continue;
    uint64_t most = 1;
    for (++i; i < text.size() && text[i] != '}'; ++i) {
      uint64_t count = 0;
      for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
        count = std::min<uint64_t>(count * 10 + uint64_t(text[i] - '0'),
                                   limits::schema_pattern_repeats_max + 1);
      most = std::max(most, count);
      if (i >= text.size() || text[i] == '}')
        break;
    }
    product *= most;
    if (product > limits::schema_pattern_repeats_max)
      return false;
  }
  return true;
}

status check_shape(const Value& schema) {
  if (!schema.IsObject())
    return unit{};
  for (const auto& [name, value] : schema.GetObject()) {
    auto keyword = view_of(name);
    auto known = std::ranges::find(forms, keyword, &form::keyword);
    if (known == forms.end())
      continue;
    if (!known->fits(value))
      return bad("\"" + std::string{keyword}
                 + "\" has another form in a JSON Schema");
    if (auto good = check_patterns(keyword, value); !good)
      return good;
    if (auto good = check_each(value, known->schemas); !good)
      return good;
  }
  return unit{};
}

} // namespace byollm
