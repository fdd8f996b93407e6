// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/tree.hpp"
#include "app/store/sqlite.hpp"
#include "tests/load/encoded_records.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace byollm::load {

/// What a program would write by hand that owes its readers what our ledger
/// does: a row per record with its leaf hash, the tree over them, a row of the
/// bill per outcome, and every record read back and hashed again before its
/// root counts. One thread; nothing is signed, encoded or summed up.
class plain_ledger {
public:
  /// Errors: the store's.
  static expected<plain_ledger> open(const std::filesystem::path& file);

  /// Commits the next `count` of `records`, every second of which is an
  /// outcome.
  status commit(const std::vector<record_bytes>& records, size_t count);

private:
  status insert(const record_bytes& record, bool is_outcome);
  status read_back();

  database db_;
  statement insert_;
  statement bill_;
  statement read_;
  tree_hasher hasher_;
  tree_edge written_;
  tree_edge read_so_far_;
};

} // namespace byollm::load
