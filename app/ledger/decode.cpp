// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/decode.hpp"

#include "app/ledger/take.hpp"

#include <array>

namespace byollm {

namespace {

failure malformed(const char* what) {
  return {errc::store_corrupt, std::string{"a ledger record has "} + what};
}

std::string_view as_text(byte_view bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A list of entries that begin with ascending parameters.
template <class Next>
bool is_list(byte_view rest, Next next) noexcept {
  int last = -1;
  while (!rest.empty()) {
    auto entry = next(rest);
    if (!entry || static_cast<int>(entry->which) <= last)
      return false;
    last = static_cast<int>(entry->which);
  }
  return true;
}

// Bytes of the fields that always have as many; 0 of the others.
const std::array<uint8_t, 256>& kept_widths() noexcept {
  static const auto kept = [] {
    std::array<uint8_t, 256> result = {};
    for (const auto& info : all_fields())
      result[static_cast<uint8_t>(info.tag)]
        = static_cast<uint8_t>(width_of(info.kind));
    return result;
  }();
  return kept;
}

bool is_of_kind(field_kind kind, byte_view bytes) noexcept {
  switch (kind) {
  case field_kind::text:
    return !bytes.empty();
  case field_kind::parameters:
    return !bytes.empty() && is_list(bytes, next_rung);
  case field_kind::parameter_values:
    return !bytes.empty() && is_list(bytes, next_value);
  default:
    return false; // it has a width
  }
}

/// What one part of a record type may have and must have: a bit per tag,
/// counted from the part's first.
struct part_rules {
  uint64_t known = 0;
  uint64_t required = 0;
};

constexpr uint8_t tag_mask = first_payload_tag - 1;

constexpr uint64_t bit_of(uint8_t tag) noexcept {
  return uint64_t{1} << (tag & tag_mask);
}

part_rules rules_of(record_type type, bool payload) noexcept {
  part_rules result;
  for (const auto& rule : fields_of(type)) {
    auto tag = static_cast<uint8_t>(rule.tag);
    if ((tag >= first_payload_tag) != payload)
      continue;
    result.known |= bit_of(tag);
    if (rule.required)
      result.required |= bit_of(tag);
  }
  return result;
}

// Every record of a verification asks.
const part_rules& kept_rules(record_type type, bool payload) noexcept {
  constexpr size_t types = 5; // the bytes 0 to 4; nothing has type 0
  static const auto kept = [] {
    std::array<std::array<part_rules, 2>, types> result;
    for (size_t i = 0; i < types; ++i)
      for (bool part : {false, true})
        result[i][part] = rules_of(static_cast<record_type>(i), part);
    return result;
  }();
  auto index = static_cast<uint8_t>(type);
  return kept[index < types ? index : 0][payload];
}

// Walks one part's fields along the rules of its type; `take_field` gets each.
template <class Take>
status walk(record_type type, bool payload, byte_view rest, Take take_field) {
  const auto& rules = kept_rules(type, payload);
  const auto& widths = kept_widths();
  uint64_t seen = 0;
  while (!rest.empty()) {
    auto tag = rest.front();
    size_t place = tag & tag_mask;
    if ((tag >= first_payload_tag) != payload || place >= field_places)
      return malformed("a field that does not belong there");
    auto bit = bit_of(tag);
    // In order is: above the highest bit so far.
    if (!(rules.known & bit) || bit <= seen)
      return malformed("a field that does not belong there");
    rest = rest.subspan(1);
    auto value = take_sized(rest);
    if (!value)
      return malformed("a field that is cut off");
    auto width = widths[tag];
    if (width ? value->size() != width
              : !is_of_kind(find_field(tag)->kind, *value))
      return malformed("a field of the wrong form");
    take_field(place, *value);
    seen |= bit;
  }
  if ((seen & rules.required) != rules.required)
    return malformed("a required field missing");
  return unit{};
}

// Takes the head off the front.
expected<record_head> take_head(byte_view& rest) {
  auto head = take(rest, record_head_bytes);
  if (!head)
    return malformed("no head");
  if ((*head)[0] != record_version)
    return failure{errc::store_newer, "a ledger record has another version"};
  auto type = static_cast<record_type>((*head)[1]);
  if (fields_of(type).empty())
    return malformed("an unknown type");
  return record_head{type, read_big_endian(head->subspan(record_seq_at))};
}

void leave(size_t, byte_view) noexcept {
  // nop
}

} // namespace

uint64_t field_set::number(field tag) const noexcept {
  return read_big_endian(at(tag));
}

/// Puts what `walk` finds into a set.
class record_decoder {
public:
  static status decode(record_type type, bool payload, byte_view rest,
                       field_set& out) {
    return walk(type, payload, rest, [&](size_t place, byte_view value) {
      out.values_[place] = value;
    });
  }
};

expected<public_view> decode_public(byte_view bytes) {
  auto head = take_head(bytes);
  if (!head)
    return head.error();
  public_view result{head->type, head->seq};
  if (auto done
      = record_decoder::decode(head->type, false, bytes, result.fields);
      !done)
    return done.error();
  return result;
}

expected<record_head> check_public(byte_view bytes) {
  auto head = take_head(bytes);
  if (!head)
    return head;
  if (auto done = walk(head->type, false, bytes, leave); !done)
    return done.error();
  return head;
}

expected<field_set> decode_payload(record_type type, byte_view salted) {
  if (!take(salted, salt_bytes))
    return malformed("no salt");
  field_set result;
  if (auto done = record_decoder::decode(type, true, salted, result); !done)
    return done.error();
  return result;
}

status check_payload(record_type type, byte_view salted) {
  if (!take(salted, salt_bytes))
    return malformed("no salt");
  return walk(type, true, salted, leave);
}

std::optional<rung_view> next_rung(byte_view& rest) noexcept {
  auto head = take(rest, 3);
  if (!head)
    return std::nullopt;
  auto reason = take_sized(rest);
  if (!reason)
    return std::nullopt;
  return rung_view{static_cast<parameter>((*head)[0]),
                   static_cast<rung>((*head)[1]),
                   static_cast<disposition>((*head)[2]), as_text(*reason)};
}

std::optional<value_view> next_value(byte_view& rest) noexcept {
  auto which = take(rest, 1);
  if (!which)
    return std::nullopt;
  auto json = take_sized(rest);
  if (!json || json->empty())
    return std::nullopt;
  return value_view{static_cast<parameter>(which->front()), as_text(*json)};
}

} // namespace byollm
