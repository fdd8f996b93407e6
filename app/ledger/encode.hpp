// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/byte_buffer.hpp"
#include "app/ledger/fields.hpp"
#include "app/ledger/tree.hpp"
#include "messages/expected.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace byollm {

/// The version of the record format that this build writes and reads.
constexpr uint8_t record_version = 1;

/// Version, type and sequence number, which open every public part.
constexpr size_t record_head_bytes = 10;

/// Where the number stands in it.
constexpr size_t record_seq_at = 2;

/// Random bytes that open every payload part, so that a removed payload cannot
/// be guessed from its hash.
constexpr size_t salt_bytes = 16;

/// Returns what an outcome costs: always 0 on a user's own LLM; nothing if it
/// is unpriced.
std::optional<uint64_t> amount_of(const outcome_record& outcome) noexcept;

/// Turns ledger entries into canonical records: one entry, one encoding. Keeps
/// its buffers from record to record. Not thread-safe.
class record_encoder {
public:
  /// `fingerprint_key` keys the prompt fingerprints; not needed afterwards.
  explicit record_encoder(byte_view fingerprint_key);

  /// Encodes `entry` as record number `seq`; `public_part`, `payload` and
  /// `leaf` tell the result until the next call. Errors: `invalid_request` if a
  /// record lacks what it must have, `unavailable` without random bytes.
  status encode(const ledger_entry& entry, uint64_t seq);

  byte_view public_part() const noexcept {
    return public_.view();
  }

  /// Salt and fields.
  byte_view payload() const noexcept {
    return payload_.view();
  }

  const sha256_digest& payload_hash() const noexcept {
    return payload_hash_;
  }

  const sha256_digest& leaf() const noexcept {
    return leaf_;
  }

  tree_hasher& hasher() noexcept {
    return hasher_;
  }

private:
  status encode_fields(const intent_record& from);
  status encode_fields(const outcome_record& from);
  status encode_fields(const refusal_record& from);
  status encode_fields(const change_record& from);
  status draw_salt();

  hmac_sha256 mac_;
  tree_hasher hasher_;
  byte_buffer public_;
  byte_buffer payload_;
  sha256_digest payload_hash_ = {};
  sha256_digest leaf_ = {};
  std::vector<uint8_t> salts_;
  size_t salts_used_ = 0;
};

} // namespace byollm
