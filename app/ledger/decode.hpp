// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/encode.hpp"
#include "app/ledger/fields.hpp"
#include "messages/expected.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace byollm {

/// Fields that one part of a record has room for.
constexpr size_t field_places = 48;

/// The fields of one part of a record, as views of its bytes. Every field is
/// checked: known, in order, at most once, of its kind's width; every required
/// one is there.
class field_set {
public:
  bool has(field tag) const noexcept {
    return !at(tag).empty();
  }

  /// The field's bytes; empty if it is not there.
  byte_view bytes(field tag) const noexcept {
    return at(tag);
  }

  std::string_view text(field tag) const noexcept {
    auto view = at(tag);
    return {reinterpret_cast<const char*>(view.data()), view.size()};
  }

  /// An unsigned integer or an enumeration's value; 0 if it is not there.
  uint64_t number(field tag) const noexcept;

private:
  friend class record_decoder;

  const byte_view& at(field tag) const noexcept {
    return values_[static_cast<uint8_t>(tag) & (first_payload_tag - 1)];
  }

  std::array<byte_view, field_places> values_ = {};
};

/// What opens a record's public part.
struct record_head {
  record_type type = record_type::intent;
  uint64_t seq = 0;
};

/// A record's public part. Views the bytes it was decoded from.
struct public_view {
  record_type type = record_type::intent;
  uint64_t seq = 0;
  field_set fields = {};
};

/// Decodes a public part. Strict: what it takes, the encoder could have
/// written. Errors: `store_corrupt`, `store_newer` for another version.
expected<public_view> decode_public(byte_view bytes);

/// Returns the head of a public part that `decode_public` would take.
expected<record_head> check_public(byte_view bytes);

/// Decodes a payload part, salt included, of a record of `type`. Errors:
/// `store_corrupt`.
expected<field_set> decode_payload(record_type type, byte_view salted);

/// Returns success if `decode_payload` would.
status check_payload(record_type type, byte_view salted);

/// One entry of `field::parameters`.
struct rung_view {
  parameter which;
  rung set_by;
  disposition fate;
  std::string_view reason;
};

/// One entry of `field::parameter_values`.
struct value_view {
  parameter which;
  std::string_view json;
};

/// Takes the next entry off the front of `rest`; nothing if `rest` is
/// malformed.
std::optional<rung_view> next_rung(byte_view& rest) noexcept;
std::optional<value_view> next_value(byte_view& rest) noexcept;

} // namespace byollm
