// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/checkpoint.hpp"
#include "app/ledger/proof.hpp"
#include "app/ledger/verify.hpp"

#include <string>
#include <vector>

namespace byollm {

/// A ledger in memory, with a signing key, for tests of what can be exported.
class made_ledger {
public:
  /// The same `key` makes ledgers of the same name and signature; `from` and
  /// above, records differ with `variant`. Every seventh has lost its payload,
  /// every eleventh is withheld.
  made_ledger(uint64_t records, uint8_t key, uint64_t from = 0,
              int variant = 0);

  uint64_t size() const noexcept {
    return records_.size();
  }

  /// Record `seq`, from 1.
  stored_record record(uint64_t seq) const;

  /// The note over the first `size` records.
  std::string note(uint64_t size) const;

  /// An export with a checkpoint every `step` records and at the end.
  std::string exported(uint64_t step) const;

  /// The anchor lines of the same checkpoints.
  std::string anchors(uint64_t step) const;

  /// A tlog-proof of record `seq` under the newest checkpoint.
  std::string proof(uint64_t seq) const;

  /// A proof that the newest checkpoint extends that of `old` records.
  std::string extension(uint64_t old) const;

  note_key public_key() const;

private:
  struct kept_record {
    std::vector<uint8_t> public_part;
    std::vector<uint8_t> payload;
    std::vector<uint8_t> payload_hash;
    sha256_digest leaf;
  };

  subtree_fn lookup() const;

  ed25519_key key_;
  std::string origin_ = origin_of("00112233445566778899aabbccddeeff");
  std::vector<kept_record> records_;
};

} // namespace byollm
