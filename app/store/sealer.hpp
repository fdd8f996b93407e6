// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/signing_key.hpp"
#include "app/store/checkpoint_table.hpp"
#include "app/store/ledger_scan.hpp"

#include <chrono>
#include <optional>

namespace byollm {

/// Signs checkpoints over what is on the disk: reads the records since the last
/// one back, hashes them again, and signs the root of what it read. Its tree
/// begins as the one that was signed last and only grows, so that what it signs
/// is consistent with what it signed. Not thread-safe: the writer's.
class sealer {
public:
  using clock = std::chrono::steady_clock;

  /// Restores the tree that was signed last and compares its root. Errors:
  /// `store_corrupt` if it is another one, or the last checkpoint is not ours.
  static expected<std::unique_ptr<sealer>>
  open(database& db, ledger_scan& scan, ledger_signer signer, uint64_t size);

  /// Tells that the ledger has grown to `size` records.
  void grew(uint64_t size, clock::time_point now);

  /// Asks for a checkpoint over all that is there.
  void hurry() noexcept {
    hurried_ = !is_done();
  }

  /// When `step` wants to be called; nothing if all is signed.
  std::optional<clock::time_point> due() const noexcept;

  /// Works for one slice of so many records, and the rest of the row that they
  /// end in; `memory` is the tree over all that
  /// was committed, and what is read back must give the same. Returns the
  /// checkpoint if one became durable. Errors: `store_corrupt` if what is on
  /// the disk is not what was written; any of the store's, after which it tries
  /// again later.
  expected<std::optional<stored_checkpoint>>
  step(database& db, ledger_scan& scan, const tree_edge& memory, size_t slice,
       clock::time_point now);

  /// Records that are under a checkpoint.
  uint64_t signed_size() const noexcept {
    return signed_;
  }

  /// The checkpoint that was signed last; empty if none was.
  const std::string& newest() const noexcept {
    return newest_;
  }

  bool is_done() const noexcept {
    return signed_ == size_;
  }

  const ledger_signer& signer() const noexcept {
    return signer_;
  }

  checkpoint_table& table() noexcept {
    return table_;
  }

private:
  sealer(checkpoint_table table, ledger_signer signer)
      : table_(std::move(table)), signer_(std::move(signer)) {
    // nop
  }

  status read_back(ledger_scan& scan, size_t slice);
  expected<stored_checkpoint> sign(database& db);

  checkpoint_table table_;
  ledger_signer signer_;
  ledger_verifier verifier_{tree_edge{}, scrutiny::bytes};
  uint64_t signed_ = 0;
  std::string newest_;
  uint64_t size_ = 0;
  /// What the checkpoint under way will say; of size 0 for none.
  tree_head target_ = {};
  clock::time_point first_unsigned_ = {};
  bool hurried_ = false;
  std::optional<clock::time_point> not_before_ = {};
};

} // namespace byollm
