// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/row.hpp"

namespace byollm {

namespace {

// Names may be added within a record version; an older build shows the number.
std::string name_text(const field_info& info, uint8_t value) {
  auto known = info.value_name(value);
  return known == "undocumented" ? std::to_string(value) : std::string{known};
}

std::string_view find_value(byte_view values, parameter which) {
  while (auto entry = next_value(values))
    if (entry->which == which)
      return entry->json;
  return {};
}

// temperature=0.4 (purpose), max_tokens=4000 (call, clamped: admin ceiling)
std::string parameters_text(byte_view rungs, const field_set* payload) {
  auto values = payload ? payload->bytes(field::parameter_values) : byte_view{};
  std::string result;
  while (auto entry = next_rung(rungs)) {
    if (!result.empty())
      result += ", ";
    result += to_string(entry->which);
    if (auto json = find_value(values, entry->which); !json.empty())
      result.append("=").append(json);
    result.append(" (").append(to_string(entry->set_by));
    if (entry->fate != disposition::taken)
      result.append(", ").append(to_string(entry->fate));
    if (!entry->reason.empty())
      result.append(": ").append(entry->reason);
    result += ')';
  }
  return result;
}

std::string field_text(const field_info& info, const field_set& from,
                       const field_set* payload) {
  switch (info.kind) {
  case field_kind::text:
    return std::string{from.text(info.tag)};
  case field_kind::name:
    return name_text(info, static_cast<uint8_t>(from.number(info.tag)));
  case field_kind::i64:
    return std::to_string(static_cast<int64_t>(from.number(info.tag)));
  case field_kind::digest:
    return to_hex(from.bytes(info.tag));
  case field_kind::parameters:
    return parameters_text(from.bytes(info.tag), payload);
  default:
    return std::to_string(from.number(info.tag));
  }
}

// Records from before there were prices have no cost; the class tells it.
std::string cost_text(const field_set& outcome) {
  if (outcome.has(field::cost_micro))
    return std::to_string(outcome.number(field::cost_micro));
  auto own = static_cast<uint64_t>(billing_class::byollm);
  return outcome.number(field::billing) == own ? "0" : "unpriced";
}

} // namespace

std::string to_hex(byte_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(bytes.size() * 2);
  for (auto byte : bytes) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

ledger_row to_row(const public_view& record, const field_set* payload,
                  const sha256_digest& leaf) {
  ledger_row result;
  result.seq = record.seq;
  result.type = to_string(record.type);
  result.leaf_hash_hex = to_hex(leaf);
  for (const auto& rule : fields_of(record.type)) {
    const auto& info = *find_field(static_cast<uint8_t>(rule.tag));
    bool is_public = static_cast<uint8_t>(rule.tag) < first_payload_tag;
    const auto* from = is_public ? &record.fields : payload;
    // Values are shown beside the rungs that set them, the cost beside who
    // pays.
    if (!from || !from->has(rule.tag)
        || info.kind == field_kind::parameter_values
        || rule.tag == field::cost_micro)
      continue;
    result.fields.emplace_back(info.name, field_text(info, *from, payload));
    if (rule.tag == field::billing && record.type == record_type::outcome)
      result.fields.emplace_back("cost_micro", cost_text(record.fields));
  }
  if (!payload)
    result.fields.emplace_back("payload", "removed");
  return result;
}

} // namespace byollm
