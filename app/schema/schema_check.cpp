// SPDX-License-Identifier: Apache-2.0
#include "app/schema/schema_check.hpp"

#include "app/schema/same_value.hpp"

#include <algorithm>

namespace byollm {

namespace {

using rapidjson::Value;

uint8_t type_of(const Value& value) {
  if (value.IsNumber())
    return is_integer(number_of(value))
             ? schema_rules::integer | schema_rules::number
             : schema_rules::number;
  if (value.IsString())
    return schema_rules::string;
  if (value.IsBool())
    return schema_rules::boolean;
  if (value.IsNull())
    return schema_rules::null;
  return value.IsArray() ? schema_rules::array : schema_rules::object;
}

uint64_t characters_of(std::string_view text) noexcept {
  return static_cast<uint64_t>(std::ranges::count_if(
    text, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

} // namespace

bool schema_check::broken(std::string_view rule) {
  if (quiet_ == 0 && rule_.empty())
    rule_ = rule;
  return false;
}

// What is wrong within has its place within.
bool schema_check::inside(bool is_good, std::string_view member) {
  if (is_good || quiet_ != 0)
    return is_good;
  std::string step{"/"};
  for (auto c : member)
    step += c == '~' ? "~0" : c == '/' ? "~1" : std::string_view{&c, 1};
  place_.insert(0, step);
  return false;
}

bool schema_check::fits(rules_ptr rules, const Value& value) {
  if (!work_.spend(1))
    return false;
  if (!rules)
    return true;
  if ((rules->types & type_of(value)) == 0)
    return broken("type");
  return fits_itself(*rules, value) && fits_values(*rules, value)
         && fits_others(*rules, value);
}

bool schema_check::fits_itself(const schema_rules& rules, const Value& value) {
  if (value.IsNumber())
    return fits_number(rules, value);
  if (value.IsString())
    return fits_text(rules, value);
  if (value.IsArray())
    return fits_array(rules, value);
  return !value.IsObject() || fits_object(rules, value);
}

bool schema_check::fits_number(const schema_rules& rules, const Value& value) {
  auto number = number_of(value);
  if (rules.minimum && std::is_lt(compare(number, *rules.minimum)))
    return broken("minimum");
  if (rules.over && std::is_lteq(compare(number, *rules.over)))
    return broken("exclusiveMinimum");
  if (rules.maximum && std::is_gt(compare(number, *rules.maximum)))
    return broken("maximum");
  if (rules.under && std::is_gteq(compare(number, *rules.under)))
    return broken("exclusiveMaximum");
  if (rules.multiple_of && !is_multiple(number, *rules.multiple_of))
    return broken("multipleOf");
  return true;
}

bool schema_check::fits_text(const schema_rules& rules, const Value& value) {
  std::string_view text{value.GetString(), value.GetStringLength()};
  if (rules.length_min > 0 || rules.length_max < UINT64_MAX) {
    if (!work_.spend_bytes(text.size()))
      return false;
    auto length = characters_of(text);
    if (length < rules.length_min)
      return broken("minLength");
    if (length > rules.length_max)
      return broken("maxLength");
  }
  return !rules.pattern || rules.pattern->is_in(text, work_)
         || broken("pattern");
}

bool schema_check::fits_array(const schema_rules& rules, const Value& value) {
  auto size = value.Size();
  // First, so that who writes them bounds what the rest takes.
  if (size < rules.items_min)
    return broken("minItems");
  if (size > rules.items_max)
    return broken("maxItems");
  auto first = rules.first_items.size();
  auto has_rules = first > 0 || rules.items || !rules.has_more_items;
  for (rapidjson::SizeType i = 0; has_rules && i < size; ++i) {
    if (i >= first && !rules.has_more_items)
      return inside(broken("additionalItems"), std::to_string(i));
    auto good = fits(i < first ? rules.first_items[i] : rules.items, value[i]);
    if (!good)
      return inside(good, std::to_string(i));
  }
  return !rules.are_items_unique || has_no_twins(value);
}

bool schema_check::has_no_twins(const Value& array) {
  // Before there is room for each.
  if (!work_.spend(array.Size()))
    return false;
  std::vector<std::pair<std::string, uint32_t>> items(array.Size());
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < array.Size(); ++i) {
    if (!append_same(items[i].first, array[i], work_))
      return false;
    items[i].second = i;
    bytes += items[i].first.size();
  }
  if (!spend_sort(items.size(), bytes, work_))
    return false;
  std::ranges::sort(items);
  std::optional<uint32_t> twin;
  for (size_t i = 1; i < items.size(); ++i)
    if (items[i].first == items[i - 1].first)
      twin = std::min(twin.value_or(UINT32_MAX), items[i].second);
  return !twin || inside(broken("uniqueItems"), std::to_string(*twin));
}

bool schema_check::fits_values(const schema_rules& rules, const Value& value) {
  if (!rules.constant && !rules.choices)
    return true;
  std::string text;
  if (!append_same(text, value, work_))
    return false;
  if (rules.constant && text != *rules.constant)
    return broken("const");
  if (!rules.choices || std::ranges::binary_search(*rules.choices, text))
    return true;
  return broken("enum");
}

bool schema_check::fits_quietly(rules_ptr rules, const Value& value) {
  ++quiet_;
  auto good = fits(rules, value);
  --quiet_;
  return good;
}

bool schema_check::fits_others(const schema_rules& rules, const Value& value) {
  for (auto each : rules.all_of)
    if (!fits(each, value))
      return false;
  auto is_good = [&](rules_ptr each) { return fits_quietly(each, value); };
  if (!rules.any_of.empty() && std::ranges::none_of(rules.any_of, is_good))
    return broken("anyOf");
  size_t good = 0;
  for (auto each : rules.one_of)
    if (is_good(each) && ++good > 1)
      break;
  if (!rules.one_of.empty() && good != 1)
    return broken("oneOf");
  if (rules.none_of && is_good(*rules.none_of))
    return broken("not");
  return true;
}

} // namespace byollm
