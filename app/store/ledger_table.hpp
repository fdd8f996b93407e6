// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/encode.hpp"
#include "app/store/ledger_scan.hpp"
#include "app/store/sqlite.hpp"
#include "messages/ledger.hpp"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace byollm {

/// The intents that have no outcome yet, by call and by sequence number.
class open_intents {
public:
  void opened(uint64_t seq, std::string key);
  void closed(const std::string& key);

  /// Returns the first open intent's number, or `otherwise` if none is open.
  uint64_t first(uint64_t otherwise) const noexcept;

private:
  std::map<uint64_t, std::string> by_seq_;
  std::unordered_map<std::string, uint64_t> by_key_;
};

/// Returns what makes an attempt unique: tenant, call, number.
std::string attempt_key(std::string_view tenant, std::string_view call,
                        uint64_t attempt);

/// Appends to the ledger inside the caller's transaction:
///   begin, append..., end, then keep after the commit.
/// Without `keep` the next `begin` starts from what was kept last. Not
/// thread-safe.
class ledger_table {
public:
  /// `at` is the tree's edge over all records in `db`.
  static expected<std::unique_ptr<ledger_table>>
  open(database& db, byte_view fingerprint_key, tree_edge at);

  void begin();

  /// Returns the record's sequence number. Errors: `invalid_request` if the
  /// entry lacks what it must have; any from the store.
  expected<uint64_t> append(const ledger_entry& entry);

  status end();

  void keep();

  /// The number that the next record gets.
  uint64_t next_seq() const noexcept {
    return staged_.size() + 1;
  }

  /// Records that are kept.
  uint64_t size() const noexcept {
    return edge_.size();
  }

  /// The record that `append` encoded last.
  const record_encoder& last() const noexcept {
    return encoder_;
  }

private:
  struct intent_change {
    uint64_t seq;
    bool opens;
    std::string key;
  };

  explicit ledger_table(byte_view fingerprint_key, tree_edge at);

  status insert(uint64_t seq);
  status index(const ledger_entry& entry, uint64_t seq);

  record_encoder encoder_;
  tree_edge edge_;
  open_intents open_;
  // -- of the transaction under way -------------------------------------------
  tree_edge staged_;
  std::vector<intent_change> changes_;
  // -- statements -------------------------------------------------------------
  statement insert_record_;
  statement insert_call_;
  statement insert_batch_;
  statement insert_node_;
};

} // namespace byollm
