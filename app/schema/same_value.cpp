// SPDX-License-Identifier: Apache-2.0
#include "app/schema/same_value.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

namespace byollm {

namespace {

using rapidjson::Value;

std::string_view view_of(const Value& text) noexcept {
  return {text.GetString(), text.GetStringLength()};
}

template <class Number>
void append_number(std::string& to, Number value) {
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  to.append(digits, end).push_back(';');
}

void append_double(std::string& to, double value) {
  // Integers of either kind of bits are integers of the other.
  if (std::trunc(value) == value && std::fabs(value) < 0x1p63)
    return append_number(to, static_cast<int64_t>(value));
  if (std::trunc(value) == value && value > 0 && value < 0x1p64)
    return append_number(to, static_cast<uint64_t>(value));
  append_number(to, value);
}

// Its length goes before it, so that no text looks like two.
void append_text(std::string& to, std::string_view text) {
  to += '"';
  append_number(to, text.size());
  to += text;
}

bool append_object(std::string& to, const Value& value, schema_work& work) {
  auto count = value.MemberCount();
  if (!work.spend(count))
    return false;
  std::vector<const Value::Member*> members;
  members.reserve(count);
  uint64_t bytes = 0;
  for (const auto& member : value.GetObject()) {
    members.push_back(&member);
    bytes += member.name.GetStringLength();
  }
  if (!spend_sort(count, bytes, work))
    return false;
  std::ranges::stable_sort(
    members, {}, [](const auto* member) { return view_of(member->name); });
  to += '{';
  for (const auto* member : members) {
    append_text(to, view_of(member->name));
    if (!append_same(to, member->value, work))
      return false;
  }
  to += '}';
  return true;
}

bool append_array(std::string& to, const Value& value, schema_work& work) {
  to += '[';
  for (const auto& each : value.GetArray())
    if (!append_same(to, each, work))
      return false;
  to += ']';
  return true;
}

} // namespace

bool spend_sort(uint64_t count, uint64_t bytes, schema_work& work) {
  auto rounds = static_cast<uint64_t>(std::bit_width(count));
  // To compare is faster than to read.
  return work.spend(count * rounds) && work.spend_bytes(bytes * rounds / 4);
}

bool append_same(std::string& to, const Value& value, schema_work& work) {
  auto bytes = value.IsString() ? value.GetStringLength() : 0;
  if (!work.spend_bytes(bytes))
    return false;
  if (value.IsObject())
    return append_object(to, value, work);
  if (value.IsArray())
    return append_array(to, value, work);
  if (value.IsString())
    append_text(to, view_of(value));
  else if (value.IsInt64())
    append_number(to, value.GetInt64());
  else if (value.IsUint64())
    append_number(to, value.GetUint64());
  else if (value.IsDouble())
    append_double(to, value.GetDouble());
  else
    to += value.IsNull() ? 'n' : value.IsTrue() ? 't' : 'f';
  return true;
}

} // namespace byollm
