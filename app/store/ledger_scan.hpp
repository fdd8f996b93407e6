// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/verify.hpp"
#include "app/store/sqlite.hpp"

#include <functional>
#include <optional>

namespace byollm {

/// One commit of the ledger.
struct batch_row {
  uint64_t first_seq = 0;
  tree_head head = {};
  /// No intent before this one was open when the batch was committed.
  uint64_t open_from = 0;
};

/// Reads the ledger's tables. Each call is short and leaves no read transaction
/// open. Not thread-safe.
class ledger_scan {
public:
  /// Takes a record, whose views live until it returns; false ends the reading.
  using taker = std::function<bool(const stored_record&)>;

  static expected<ledger_scan> open(database& db);

  /// Passes on up to `limit` records from `from` upwards; returns how many.
  expected<size_t> upwards(uint64_t from, size_t limit, const taker& take);

  /// Passes on up to `limit` records from `from` downwards; returns how many.
  expected<size_t> downwards(uint64_t from, size_t limit, const taker& take);

  /// Passes on up to `limit` records that name `call`, newest first; returns
  /// how many. Call ids are unique per tenant only: the taker must look.
  expected<size_t> of_call(std::string_view call, size_t limit,
                           const taker& take);

  /// Returns the first batch that ends at `seq` or later, if there is one.
  expected<std::optional<batch_row>> batch_from(uint64_t seq);

  expected<std::optional<batch_row>> last_batch();

  /// Restores the right edge of the tree over the first `size` records from the
  /// stored leaves and nodes; reads at most 255 hashes per level. Errors:
  /// `store_corrupt` if some are missing.
  expected<tree_edge> edge_at(tree_hasher& hasher, uint64_t size);

private:
  expected<size_t> records(statement& query, const taker& take);
  expected<std::optional<batch_row>> batch(statement& query);
  expected<sha256_digest> subtree(tree_hasher& hasher, uint32_t level,
                                  uint64_t first_leaf);

  statement upwards_;
  statement downwards_;
  statement of_call_;
  statement batch_from_;
  statement last_batch_;
  statement leaves_;
  statement nodes_;
};

/// Every so many levels a perfect subtree's root is stored.
constexpr uint32_t node_level_step = 8;

} // namespace byollm
