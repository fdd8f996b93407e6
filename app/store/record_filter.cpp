// SPDX-License-Identifier: Apache-2.0
#include "app/store/record_filter.hpp"

namespace byollm {

namespace {

std::vector<uint8_t> copy(byte_view bytes) {
  return {bytes.begin(), bytes.end()};
}

bool matches(std::string_view wanted, std::string_view found) {
  return wanted.empty() || wanted == found;
}

} // namespace

kept_record::kept_record(const stored_record& from)
    : seq(from.seq),
      public_part(copy(from.public_part)),
      leaf(copy(from.leaf)),
      payload(copy(from.payload)),
      payload_hash(copy(from.payload_hash)) {
  // nop
}

stored_record kept_record::view() const {
  return {seq, public_part, leaf, payload, payload_hash};
}

bool record_filter::fits_alone(const public_view& record) const {
  const auto& fields = record.fields;
  auto time = time_of(record);
  return matches(which_.tenant, fields.text(field::tenant))
         && matches(which_.user, fields.text(field::user))
         && matches(which_.extension, fields.text(field::extension))
         && matches(which_.turn, fields.text(field::turn))
         && matches(which_.call, fields.text(field::call))
         && matches(which_.type, to_string(record.type))
         && (which_.from_unix_ms == 0 || time >= which_.from_unix_ms)
         && (which_.to_unix_ms == 0 || time < which_.to_unix_ms);
}

bool record_filter::needs_facts() const noexcept {
  return !which_.provider.empty() || !which_.purpose.empty()
         || !which_.status.empty();
}

bool record_filter::fits(const attempt_facts& facts) const {
  return matches(which_.provider, facts.provider)
         && matches(which_.purpose, facts.purpose)
         && matches(which_.status, facts.status);
}

expected<attempt_facts>
record_filter::facts_of(ledger_scan& scan, call_records& calls,
                        const stored_record& record) const {
  attempt_facts result;
  auto decoded = decode_public(record.public_part);
  if (!decoded)
    return decoded.error();
  add_facts(result, *decoded, record);
  const auto& fields = decoded->fields;
  if (!fields.has(field::attempt))
    return result;
  attempt_key which{fields.text(field::tenant), fields.text(field::call),
                    fields.number(field::attempt)};
  auto read = calls.of_attempt(scan, which, [&](const stored_record& other) {
    auto seen = decode_public(other.public_part);
    if (seen && other.seq != record.seq)
      add_facts(result, *seen, other);
    return true;
  });
  if (!read)
    return read.error();
  return result;
}

int64_t time_of(const public_view& record) {
  for (auto tag : {field::received_unix_ms, field::finished_unix_ms,
                   field::changed_unix_ms})
    if (record.fields.has(tag))
      return static_cast<int64_t>(record.fields.number(tag));
  return 0;
}

void add_facts(attempt_facts& to, const public_view& record,
               const stored_record& bytes) {
  const auto& fields = record.fields;
  if (fields.has(field::provider))
    to.provider = fields.text(field::provider);
  if (fields.has(field::end_status))
    to.status
      = to_string(static_cast<call_status>(fields.number(field::end_status)));
  if (auto payload = decode_payload(record.type, bytes.payload);
      payload && payload->has(field::purpose))
    to.purpose = payload->text(field::purpose);
}

} // namespace byollm
