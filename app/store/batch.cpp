// SPDX-License-Identifier: Apache-2.0
#include "app/store/batch.hpp"

#include "app/ledger/take.hpp"

namespace byollm {

namespace {

// What follows the public part.
constexpr uint8_t has_payload = 0;
constexpr uint8_t has_payload_hash = 1;

constexpr size_t length_bytes = 4;

/// One record without its leaf: what is in `records`.
struct entry {
  byte_view public_part;
  uint8_t kind;
  byte_view rest;
};

std::optional<entry> take_entry(byte_view& rest) noexcept {
  auto public_part = take_sized(rest);
  if (!public_part || rest.empty() || rest.front() > has_payload_hash)
    return std::nullopt;
  auto kind = rest.front();
  rest = rest.subspan(1);
  auto bytes = take_sized(rest);
  if (!bytes)
    return std::nullopt;
  return entry{*public_part, kind, *bytes};
}

void pack(byte_buffer& out, byte_view public_part, uint8_t kind,
          byte_view rest) {
  auto put_size = [&](size_t size) {
    put_big_endian(out.extend(length_bytes), static_cast<uint32_t>(size));
  };
  put_size(public_part.size());
  out.add(public_part);
  *out.extend(1) = kind;
  put_size(rest.size());
  out.add(rest);
}

uint64_t count_entries(byte_view rest) noexcept {
  uint64_t result = 0;
  while (!rest.empty() && take_entry(rest))
    ++result;
  return result;
}

} // namespace

// -- packing ------------------------------------------------------------------

size_t pack_record(byte_buffer& out, byte_view public_part, byte_view payload) {
  auto at = out.size() + length_bytes;
  pack(out, public_part, has_payload, payload);
  return at;
}

void batch_packer::add(byte_view public_part, byte_view payload,
                       byte_view leaf) {
  pack(records_, public_part, has_payload, payload);
  leaves_.add(leaf);
}

void batch_packer::add_bare(byte_view public_part, byte_view payload_hash,
                            byte_view leaf) {
  pack(records_, public_part, has_payload_hash, payload_hash);
  leaves_.add(leaf);
}

void batch_packer::add_packed(byte_view packed, byte_view leaf) {
  records_.add(packed);
  leaves_.add(leaf);
}

void batch_packer::clear() noexcept {
  leaves_.clear();
  records_.clear();
}

// -- reading ------------------------------------------------------------------

batch_reader::batch_reader(const stored_batch& from)
    : from_(from), rest_(from.records), seq_(from.first_seq) {
  auto wanted = from.head.size - from.first_seq + 1;
  auto found = count_entries(rest_);
  if (found < wanted)
    missing_ = wanted - found;
}

std::optional<stored_record> batch_reader::next() {
  if (rest_.empty())
    return std::nullopt;
  stored_record result;
  auto found = take_entry(rest_);
  if (found) {
    skip_gap(found->public_part);
    result.public_part = found->public_part;
    (found->kind == has_payload ? result.payload : result.payload_hash)
      = found->rest;
  } else {
    rest_ = {};
  }
  auto place = (seq_ - from_.first_seq) * sizeof(sha256_digest);
  if (place + sizeof(sha256_digest) <= from_.leaves.size())
    result.leaf = from_.leaves.subspan(place, sizeof(sha256_digest));
  result.seq = seq_++;
  return result;
}

void batch_reader::skip_gap(byte_view public_part) {
  if (missing_ == 0 || public_part.size() < record_head_bytes)
    return;
  // Version and type stand before the number.
  auto own = read_big_endian(public_part.subspan(2, 8));
  if (own <= seq_ || own - seq_ > missing_)
    return;
  missing_ -= own - seq_;
  seq_ = own;
}

// -- verifying ----------------------------------------------------------------

bool verify_batch(ledger_verifier& verifier, const stored_batch& batch) {
  batch_reader reader{batch};
  while (auto record = reader.next())
    if (!verifier.record(*record))
      return false;
  return verifier.edge().size() < batch.head.size || verifier.head(batch.head);
}

} // namespace byollm
