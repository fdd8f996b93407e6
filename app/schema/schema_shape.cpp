// SPDX-License-Identifier: Apache-2.0
#include "app/schema/schema_shape.hpp"

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

struct form {
  std::string_view keyword;
  bool (*fits)(const Value&);
};

constexpr std::array forms = {
  form{"$ref", is_text},
  form{"type", is_type},
  form{"enum", is_list},
  form{"required", is_texts},
  form{"pattern", is_text},
  form{"not", is_schema},
  form{"additionalProperties", is_schema},
  form{"additionalItems", is_schema},
  form{"prefixItems", is_choice},
  form{"items", is_schema_or_list},
  form{"anyOf", is_choice},
  form{"oneOf", is_choice},
  form{"allOf", is_choice},
  form{"properties", is_schemas},
  form{"patternProperties", is_schemas},
  form{"$defs", is_schemas},
  form{"definitions", is_schemas},
  form{"dependencies", is_dependencies},
};

} // namespace

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
  }
  return unit{};
}

} // namespace byollm
