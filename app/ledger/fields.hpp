// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace byollm {

/// The kinds of ledger records; the values are bytes on disk.
enum class record_type : uint8_t {
  intent = 1,
  outcome = 2,
  refusal = 3,
  change = 4,
};

/// Returns "intent", "outcome", "refusal" or "change".
std::string_view to_string(record_type value) noexcept;

/// Every field of every record; the values are bytes on disk. Below 128:
/// public, kept for ever. From 128: payload, what retention may remove.
enum class field : uint8_t {
  tenant = 1,
  user = 2,
  extension = 3,
  turn = 4,
  source = 5,
  action = 6,
  call = 7,
  attempt = 8,
  asked = 9,
  billing = 10,
  provider = 11,
  origin = 12,
  model = 13,
  key_id = 14,
  key_version = 15,
  row_version = 16,
  fallback_from = 17,
  parameters = 18,
  received_unix_ms = 19,
  deadline_unix_ms = 20,
  end_status = 21,
  error = 22,
  sent = 23,
  http_status = 24,
  provider_code = 25,
  provider_request_id = 26,
  usage_from = 27,
  input_uncached = 28,
  cache_read = 29,
  cache_write = 30,
  output = 31,
  reasoning = 32,
  stop = 33,
  latency_us = 34,
  first_byte_us = 35,
  finished_unix_ms = 36,
  actor = 37,
  subject = 38,
  changed_unix_ms = 39,
  cost_micro = 40,
  price_version = 41,
  kind = 42,
  function = 128,
  purpose = 129,
  parameter_values = 130,
  prompt_hmac = 131,
  detail = 132,
  parameter = 133,
  summary = 134,
};

constexpr uint8_t first_payload_tag = 128;

/// How a field's bytes read. Integers are big-endian.
enum class field_kind : uint8_t {
  text, ///< UTF-8 or ASCII; never empty: an empty text is left out.
  name, ///< One byte, a value of an enumeration.
  u16,
  u32,
  u64,
  i64,              ///< Two's complement.
  digest,           ///< 32 bytes.
  parameters,       ///< Which rung set each parameter, what became of it.
  parameter_values, ///< The values that were sent.
};

/// What a field is called and how it is read.
struct field_info {
  field tag;
  std::string_view name;
  field_kind kind;
  /// The name of an enumeration's value, with `field_kind::name`.
  std::string_view (*value_name)(uint8_t) = nullptr;
};

/// One field of a record type.
struct field_rule {
  field tag;
  bool required;
};

/// Returns all fields, by ascending tag.
std::span<const field_info> all_fields() noexcept;

/// Returns what is known of `tag`, or null.
const field_info* find_field(uint8_t tag) noexcept;

/// Returns the fields that a record of `type` may have, by ascending tag; the
/// order in the record is the same. Empty if there is no such type.
std::span<const field_rule> fields_of(record_type type) noexcept;

/// Returns the width in bytes of a fixed-width kind; 0 for the others.
size_t width_of(field_kind kind) noexcept;

} // namespace byollm
