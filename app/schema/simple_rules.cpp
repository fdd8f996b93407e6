// SPDX-License-Identifier: Apache-2.0
#include "app/schema/simple_rules.hpp"

#include "app/schema/same_value.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

using rapidjson::Value;

constexpr json_number nothing{int64_t{0}};

uint8_t type_called(const Value& name) {
  using is = schema_rules;
  constexpr std::array<std::pair<std::string_view, uint8_t>, 7> types
    = {{{"null", is::null},
        {"boolean", is::boolean},
        {"object", is::object},
        {"array", is::array},
        {"string", is::string},
        {"number", is::number},
        {"integer", is::integer}}};
  std::string_view wanted{name.GetString(), name.GetStringLength()};
  auto found
    = std::ranges::find(types, wanted, [](auto& x) { return x.first; });
  return found == types.end() ? 0 : found->second;
}

void read_types(schema_rules& to, const Value& schema) {
  auto found = find(schema, "type");
  if (!found)
    return;
  to.types = 0;
  if (found->IsString())
    to.types = type_called(*found);
  else
    for (const auto& name : found->GetArray())
      to.types |= type_called(name);
}

// A schema is small: what it says is not counted.
std::string same_as(const Value& value) {
  std::string made;
  schema_work work;
  append_same(made, value, work);
  return made;
}

void read_values(schema_rules& to, const Value& schema) {
  if (auto only = find(schema, "const"))
    to.constant = same_as(*only);
  auto choices = find(schema, "enum");
  if (!choices || choices->Empty())
    return;
  auto& made = to.choices.emplace();
  for (const auto& each : choices->GetArray())
    made.push_back(same_as(each));
  std::ranges::sort(made);
}

std::optional<json_number> number_at(const Value& schema,
                                     std::string_view keyword) {
  auto found = find(schema, keyword);
  if (!found || !found->IsNumber())
    return std::nullopt;
  return number_of(*found);
}

bool is_true_at(const Value& schema, std::string_view keyword) {
  auto found = find(schema, keyword);
  return found && found->IsTrue();
}

// A whole number, also if it is written as 5.0.
void read_count(uint64_t& to, const Value& schema, std::string_view keyword) {
  auto number = number_at(schema, keyword);
  if (!number || !is_integer(*number) || std::is_lt(compare(*number, nothing)))
    return;
  const auto* large = std::get_if<uint64_t>(&*number);
  to = large ? *large : static_cast<uint64_t>(std::get<int64_t>(*number));
}

void read_bounds(schema_rules& to, const Value& schema) {
  to.minimum = number_at(schema, "minimum");
  to.over = number_at(schema, "exclusiveMinimum");
  if (is_true_at(schema, "exclusiveMinimum"))
    to.over = std::exchange(to.minimum, std::nullopt);
  to.maximum = number_at(schema, "maximum");
  to.under = number_at(schema, "exclusiveMaximum");
  if (is_true_at(schema, "exclusiveMaximum"))
    to.under = std::exchange(to.maximum, std::nullopt);
  to.multiple_of = number_at(schema, "multipleOf");
  if (to.multiple_of && std::is_lteq(compare(*to.multiple_of, nothing)))
    to.multiple_of.reset();
}

} // namespace

const Value* find(const Value& object, std::string_view name) {
  if (!object.IsObject())
    return nullptr;
  auto found = object.FindMember(Value{rapidjson::StringRef(
    name.data(), static_cast<rapidjson::SizeType>(name.size()))});
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text_of(const Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

void read_simple(schema_rules& to, const Value& schema) {
  read_types(to, schema);
  read_values(to, schema);
  read_bounds(to, schema);
  read_count(to.length_min, schema, "minLength");
  read_count(to.length_max, schema, "maxLength");
  read_count(to.items_min, schema, "minItems");
  read_count(to.items_max, schema, "maxItems");
  read_count(to.members_min, schema, "minProperties");
  read_count(to.members_max, schema, "maxProperties");
  to.are_items_unique = is_true_at(schema, "uniqueItems");
}

} // namespace byollm
