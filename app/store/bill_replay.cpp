// SPDX-License-Identifier: Apache-2.0
#include "app/store/bill_replay.hpp"

namespace byollm {

namespace {

std::string key_of(const field_set& fields) {
  // No id holds a slash.
  std::string out{fields.text(field::tenant)};
  out.append("/").append(fields.text(field::call)).append("/");
  return out + std::to_string(fields.number(field::attempt));
}

std::optional<uint64_t> count(const field_set& fields, field tag) {
  return fields.has(tag) ? std::optional{fields.number(tag)} : std::nullopt;
}

token_usage usage_of(const field_set& fields) {
  return {static_cast<token_usage::source>(fields.number(field::usage_from)),
          count(fields, field::input_uncached),
          count(fields, field::cache_read),
          count(fields, field::cache_write),
          count(fields, field::output),
          count(fields, field::reasoning)};
}

// Outcomes from before there were prices have no cost: the class tells it.
std::optional<uint64_t> cost_of(const field_set& fields) {
  auto own = static_cast<uint64_t>(billing_class::byollm);
  if (!fields.has(field::cost_micro) && fields.number(field::billing) == own)
    return 0;
  return count(fields, field::cost_micro);
}

} // namespace

expected<std::optional<bill_replay::bill>>
bill_replay::take(const stored_record& record) {
  auto decoded = decode_public(record.public_part);
  if (!decoded)
    return failure{errc::store_corrupt,
                   "record " + std::to_string(record.seq) + " does not decode"};
  const auto& fields = decoded->fields;
  if (decoded->type == record_type::intent) {
    auto payload = decode_payload(decoded->type, record.payload);
    open_.insert_or_assign(
      key_of(fields),
      opened{record.seq, line_of(*decoded, payload ? &*payload : nullptr),
             bool{payload}});
    return std::optional<bill>{};
  }
  if (decoded->type != record_type::outcome)
    return std::optional<bill>{};
  auto intent = open_.extract(key_of(fields));
  if (intent.empty())
    return std::optional<bill>{};
  auto& from = intent.mapped();
  bill made;
  made.seq = record.seq;
  made.intent_seq = from.seq;
  made.line = std::move(from.line);
  made.knows_purpose = from.knows_purpose;
  made.call = fields.text(field::call);
  made.attempt = fields.number(field::attempt);
  made.cost_micro = cost_of(fields);
  made.day
    = day_of(static_cast<int64_t>(fields.number(field::finished_unix_ms)));
  made.adds = {usage_of(fields), made.cost_micro};
  return std::optional{std::move(made)};
}

} // namespace byollm
