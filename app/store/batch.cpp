// SPDX-License-Identifier: Apache-2.0
#include "app/store/batch.hpp"

#include <array>

namespace byollm {

namespace {

// What follows the public part.
constexpr uint8_t has_payload = 0;
constexpr uint8_t has_payload_hash = 1;

constexpr size_t length_bytes = 4;

void put_length(std::vector<uint8_t>& out, size_t length) {
  const std::array<uint8_t, length_bytes> bytes
    = {static_cast<uint8_t>(length >> 24), static_cast<uint8_t>(length >> 16),
       static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)};
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_bytes(std::vector<uint8_t>& out, byte_view bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

uint64_t big_endian(byte_view bytes) noexcept {
  uint64_t result = 0;
  for (auto byte : bytes)
    result = result << 8 | byte;
  return result;
}

std::optional<byte_view> take_sized(byte_view& rest) noexcept {
  if (rest.size() < length_bytes)
    return std::nullopt;
  auto length = big_endian(rest.first(length_bytes));
  if (rest.size() - length_bytes < length)
    return std::nullopt;
  auto result = rest.subspan(length_bytes, length);
  rest = rest.subspan(length_bytes + length);
  return result;
}

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

uint64_t count_entries(byte_view rest) noexcept {
  uint64_t result = 0;
  while (!rest.empty() && take_entry(rest))
    ++result;
  return result;
}

} // namespace

// -- packing ------------------------------------------------------------------

void batch_packer::add(byte_view public_part, byte_view payload,
                       const sha256_digest& leaf) {
  put(public_part, has_payload, payload, leaf);
}

void batch_packer::add_bare(byte_view public_part, byte_view payload_hash,
                            byte_view leaf) {
  put(public_part, has_payload_hash, payload_hash, leaf);
}

void batch_packer::put(byte_view public_part, uint8_t kind, byte_view rest,
                       byte_view leaf) {
  put_length(records_, public_part.size());
  put_bytes(records_, public_part);
  records_.push_back(kind);
  put_length(records_, rest.size());
  put_bytes(records_, rest);
  put_bytes(leaves_, leaf);
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
  auto own = big_endian(public_part.subspan(2, 8));
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
