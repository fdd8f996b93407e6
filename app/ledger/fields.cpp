// SPDX-License-Identifier: Apache-2.0
// The one table of the record format: encoder, decoder, rendering and
// docs/ledger.md all follow it.
#include "app/ledger/fields.hpp"

#include <array>

namespace byollm {

namespace {

template <class Enum>
std::string_view name_of(uint8_t value) {
  return to_string(static_cast<Enum>(value));
}

constexpr auto text = field_kind::text;
constexpr auto name = field_kind::name;

constexpr std::array infos = {
  field_info{field::tenant, "tenant", text},
  field_info{field::user, "user", text},
  field_info{field::extension, "extension", text},
  field_info{field::turn, "turn", text},
  field_info{field::source, "source", name, name_of<turn_source>},
  field_info{field::action, "action", name, name_of<action_type>},
  field_info{field::call, "call", text},
  field_info{field::attempt, "attempt", field_kind::u32},
  field_info{field::asked, "asked", name, name_of<answerer>},
  field_info{field::billing, "billing", name, name_of<billing_class>},
  field_info{field::provider, "provider", text},
  field_info{field::origin, "origin", text},
  field_info{field::model, "model", text},
  field_info{field::key_id, "key_id", text},
  field_info{field::key_version, "key_version", field_kind::u32},
  field_info{field::row_version, "row_version", field_kind::u64},
  field_info{field::fallback_from, "fallback_from", text},
  field_info{field::parameters, "parameters", field_kind::parameters},
  field_info{field::received_unix_ms, "received_unix_ms", field_kind::i64},
  field_info{field::deadline_unix_ms, "deadline_unix_ms", field_kind::i64},
  field_info{field::end_status, "status", name, name_of<call_status>},
  field_info{field::error, "error", name, name_of<errc>},
  field_info{field::sent, "sent", name, name_of<certainty>},
  field_info{field::http_status, "http_status", field_kind::u16},
  field_info{field::provider_code, "provider_code", text},
  field_info{field::provider_request_id, "provider_request_id", text},
  field_info{field::usage_from, "usage_from", name,
             name_of<token_usage::source>},
  field_info{field::input_uncached, "input_uncached", field_kind::u64},
  field_info{field::cache_read, "cache_read", field_kind::u64},
  field_info{field::cache_write, "cache_write", field_kind::u64},
  field_info{field::output, "output", field_kind::u64},
  field_info{field::reasoning, "reasoning", field_kind::u64},
  field_info{field::stop, "stop", name, name_of<stop_reason>},
  field_info{field::latency_us, "latency_us", field_kind::i64},
  field_info{field::first_byte_us, "first_byte_us", field_kind::i64},
  field_info{field::finished_unix_ms, "finished_unix_ms", field_kind::i64},
  field_info{field::actor, "actor", text},
  field_info{field::subject, "subject", text},
  field_info{field::changed_unix_ms, "changed_unix_ms", field_kind::i64},
  field_info{field::cost_micro, "cost_micro", field_kind::u64},
  field_info{field::price_version, "price_version", field_kind::u64},
  field_info{field::kind, "kind", name, name_of<call_kind>},
  field_info{field::function, "function", text},
  field_info{field::purpose, "purpose", text},
  field_info{field::parameter_values, "parameter_values",
             field_kind::parameter_values},
  field_info{field::prompt_hmac, "prompt_hmac", field_kind::digest},
  field_info{field::detail, "detail", text},
  field_info{field::parameter, "parameter", text},
  field_info{field::summary, "summary", text},
};

constexpr uint8_t no_field = 255;

// Decoding asks for every field of every record.
constexpr auto index_by_tag = [] {
  std::array<uint8_t, 256> result = {};
  result.fill(no_field);
  for (size_t i = 0; i < infos.size(); ++i)
    result[static_cast<uint8_t>(infos[i].tag)] = static_cast<uint8_t>(i);
  return result;
}();

constexpr std::array intent_fields = {
  field_rule{field::tenant, true},
  field_rule{field::user, true},
  field_rule{field::extension, true},
  field_rule{field::turn, true},
  field_rule{field::source, true},
  field_rule{field::action, true},
  field_rule{field::call, true},
  field_rule{field::attempt, true},
  field_rule{field::asked, true},
  field_rule{field::billing, true},
  field_rule{field::provider, true},
  field_rule{field::origin, true},
  field_rule{field::model, false},
  field_rule{field::key_id, false},
  field_rule{field::key_version, true},
  field_rule{field::row_version, true},
  field_rule{field::fallback_from, false},
  field_rule{field::parameters, false},
  field_rule{field::received_unix_ms, true},
  field_rule{field::deadline_unix_ms, true},
  field_rule{field::kind, false},
  field_rule{field::function, false},
  field_rule{field::purpose, false},
  field_rule{field::parameter_values, false},
  field_rule{field::prompt_hmac, false},
};

constexpr std::array outcome_fields = {
  field_rule{field::tenant, true},
  field_rule{field::user, true},
  field_rule{field::extension, true},
  field_rule{field::turn, true},
  field_rule{field::source, true},
  field_rule{field::action, true},
  field_rule{field::call, true},
  field_rule{field::attempt, true},
  field_rule{field::billing, true},
  field_rule{field::model, false},
  field_rule{field::end_status, true},
  field_rule{field::error, true},
  field_rule{field::sent, true},
  field_rule{field::http_status, false},
  field_rule{field::provider_code, false},
  field_rule{field::provider_request_id, false},
  field_rule{field::usage_from, true},
  field_rule{field::input_uncached, false},
  field_rule{field::cache_read, false},
  field_rule{field::cache_write, false},
  field_rule{field::output, false},
  field_rule{field::reasoning, false},
  field_rule{field::stop, true},
  field_rule{field::latency_us, true},
  field_rule{field::first_byte_us, false},
  field_rule{field::finished_unix_ms, true},
  field_rule{field::cost_micro, false},
  field_rule{field::price_version, false},
  field_rule{field::function, false},
  field_rule{field::detail, false},
  field_rule{field::parameter, false},
};

constexpr std::array refusal_fields = {
  field_rule{field::tenant, true},
  field_rule{field::user, true},
  field_rule{field::extension, true},
  field_rule{field::turn, true},
  field_rule{field::source, true},
  field_rule{field::action, true},
  field_rule{field::call, false},
  field_rule{field::received_unix_ms, true},
  field_rule{field::end_status, true},
  field_rule{field::error, true},
  field_rule{field::function, false},
  field_rule{field::purpose, false},
  field_rule{field::detail, false},
  field_rule{field::parameter, false},
};

constexpr std::array change_fields = {
  field_rule{field::tenant, false},         field_rule{field::user, false},
  field_rule{field::actor, false},          field_rule{field::subject, false},
  field_rule{field::changed_unix_ms, true}, field_rule{field::summary, false},
};

} // namespace

std::string_view to_string(record_type value) noexcept {
  switch (value) {
  case record_type::intent:
    return "intent";
  case record_type::outcome:
    return "outcome";
  case record_type::refusal:
    return "refusal";
  case record_type::change:
    return "change";
  }
  return "undocumented";
}

std::span<const field_info> all_fields() noexcept {
  return infos;
}

const field_info* find_field(uint8_t tag) noexcept {
  auto index = index_by_tag[tag];
  return index == no_field ? nullptr : &infos[index];
}

std::span<const field_rule> fields_of(record_type type) noexcept {
  switch (type) {
  case record_type::intent:
    return intent_fields;
  case record_type::outcome:
    return outcome_fields;
  case record_type::refusal:
    return refusal_fields;
  case record_type::change:
    return change_fields;
  }
  return {};
}

size_t width_of(field_kind kind) noexcept {
  switch (kind) {
  case field_kind::name:
    return 1;
  case field_kind::u16:
    return 2;
  case field_kind::u32:
    return 4;
  case field_kind::u64:
  case field_kind::i64:
    return 8;
  case field_kind::digest:
    return 32;
  default:
    return 0;
  }
}

} // namespace byollm
