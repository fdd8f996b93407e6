// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/batch.hpp"
#include "app/store/bill_table.hpp"
#include "app/store/call_index.hpp"
#include "app/store/encoded_batch.hpp"
#include "app/store/key_refusals.hpp"
#include "app/store/sqlite.hpp"
#include "messages/ledger.hpp"

#include <map>
#include <memory>
#include <vector>

namespace byollm {

/// Appends to the ledger, and to the bill and the marks of refused keys that
/// follow from it, inside the caller's transaction:
///   begin, append..., end, then keep after the commit or drop without one.
/// Not thread-safe.
class ledger_table {
public:
  /// What is in `db` already.
  struct state {
    tree_edge edge = {};
    /// The intents without an outcome.
    open_intents open = {};
    /// Their lines of usage, by number.
    std::map<uint64_t, intent_line> lines = {};
  };

  static expected<std::unique_ptr<ledger_table>> open(database& db, state at);

  /// Takes the outcomes out of `closing` whose attempt has one: an intent that
  /// was recorded again gets no second.
  status leave_billed(std::vector<ledger_entry>& closing);

  void begin();

  /// Appends `entry`, of which `record` is the encoding, numbered `next_seq()`.
  /// Errors: `invalid_request` if it is an outcome without its open intent, or
  /// of another billing class; any from the store.
  status append(const ledger_entry& entry, const encoded_batch::record& record);

  status end();

  void keep();

  /// Forgets what was appended since `begin`.
  void drop();

  /// The number that the next record gets.
  uint64_t next_seq() const noexcept {
    return staged_.size() + 1;
  }

  /// The tree over the records that are kept.
  const tree_edge& edge() const noexcept {
    return edge_;
  }

  /// Records that are kept.
  uint64_t size() const noexcept {
    return edge_.size();
  }

  tree_hasher& hasher() noexcept {
    return hasher_;
  }

  const open_intents& open() const noexcept {
    return calls_.open();
  }

  key_refusals& refusals() noexcept {
    return refusals_;
  }

private:
  ledger_table(state at, call_index calls, bill_table bill,
               key_refusals refusals);

  status append_leaf(const sha256_digest& leaf);
  status index(const ledger_entry& entry, uint64_t seq);
  status index(const intent_record& intent, uint64_t seq);
  status index(const outcome_record& outcome, uint64_t seq);
  status write_row();

  tree_hasher hasher_;
  tree_edge edge_;
  call_index calls_;
  bill_table bill_;
  key_refusals refusals_;
  std::map<uint64_t, intent_line> recovered_;
  // -- of the transaction under way -------------------------------------------
  tree_edge staged_;
  batch_packer row_;
  // -- statements -------------------------------------------------------------
  statement insert_batch_;
  statement insert_node_;
};

} // namespace byollm
