// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/batch.hpp"
#include "app/store/call_index.hpp"
#include "app/store/sqlite.hpp"

#include <functional>
#include <optional>

namespace byollm {

/// Writes a row of the ledger: the statement's text, and a call that binds and
/// runs it.
constexpr std::string_view insert_batch_sql
  = "INSERT INTO ledger_batch "
    "(first_seq, last_seq, open_from, root, leaves, records) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
status insert_batch(statement& query, const stored_batch& row);

/// Reads the ledger's tables. Each call is short and leaves no read transaction
/// open. Not thread-safe.
class ledger_scan {
public:
  /// Takes a row or a record, whose views live until it returns; false ends the
  /// reading.
  using batch_taker = std::function<bool(const stored_batch&)>;
  using record_taker = std::function<bool(const stored_record&)>;

  static expected<ledger_scan> open(database& db);

  /// Passes on rows upwards, from the one that holds record `from`.
  status batches(uint64_t from, const batch_taker& take);

  /// Passes on records from `from` upwards, all of the rows they are in, until
  /// at least `enough` were passed on; returns how many.
  expected<size_t> upwards(uint64_t from, size_t enough,
                           const record_taker& take);

  /// The same from `from` downwards.
  expected<size_t> downwards(uint64_t from, size_t enough,
                             const record_taker& take);

  /// Returns the last row without its records and leaves, if there is one.
  expected<std::optional<stored_batch>> last_batch();

  /// Returns how many records the stored nodes of the tree cover.
  expected<uint64_t> covered_by_nodes();

  /// Restores the right edge of the tree over the first `size` records from the
  /// stored leaves and nodes; reads at most 255 hashes per level. Errors:
  /// `store_corrupt` if some are missing.
  expected<tree_edge> edge_at(tree_hasher& hasher, uint64_t size);

  /// Returns the root of the perfect subtree of 2^level leaves that begins at
  /// leaf `first_leaf` (from 0). Errors: as `edge_at`.
  expected<sha256_digest> subtree(tree_hasher& hasher, uint32_t level,
                                  uint64_t first_leaf);

private:
  status rows(statement& query, const batch_taker& take);
  expected<std::vector<sha256_digest>> leaves(uint64_t first, uint64_t count);
  expected<std::vector<sha256_digest>> nodes(uint32_t level, uint64_t first,
                                             uint64_t count);

  statement up_;
  statement down_;
  statement last_;
  statement leaves_;
  statement nodes_;
  statement last_node_;
};

/// Every so many levels a perfect subtree's root is stored.
constexpr uint32_t node_level_step = 8;

} // namespace byollm
