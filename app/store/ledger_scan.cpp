// SPDX-License-Identifier: Apache-2.0
#include "app/store/ledger_scan.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm {

namespace {

failure damaged(const char* what) {
  return {errc::store_corrupt, what};
}

// Joins neighbours level by level until one hash is left.
sha256_digest fold(tree_hasher& hasher, std::vector<sha256_digest> nodes) {
  while (nodes.size() > 1) {
    for (size_t i = 0; i < nodes.size() / 2; ++i)
      nodes[i] = hasher.node(nodes[2 * i], nodes[2 * i + 1]);
    nodes.resize(nodes.size() / 2);
  }
  return nodes.front();
}

expected<stored_batch> read_row(const statement& row) {
  stored_batch result;
  result.first_seq = static_cast<uint64_t>(row.integer(0));
  result.head.size = static_cast<uint64_t>(row.integer(1));
  result.open_from = static_cast<uint64_t>(row.integer(2));
  auto root = row.blob(3);
  if (root.size() != result.head.root.size())
    return damaged("a stored root is not 32 bytes long");
  std::ranges::copy(root, result.head.root.begin());
  return result;
}

} // namespace

status insert_batch(statement& query, const stored_batch& row) {
  return query.bind(1, saturated_sql(row.first_seq))
    .bind(2, saturated_sql(row.head.size))
    .bind(3, saturated_sql(row.open_from))
    .bind(4, byte_view{row.head.root})
    .bind(5, row.leaves)
    .bind(6, row.records)
    .run();
}

expected<ledger_scan> ledger_scan::open(database& db) {
  ledger_scan result;
  const std::array queries = {
    std::pair{&result.up_,
              "SELECT first_seq, last_seq, open_from, root, leaves, records "
              "FROM ledger_batch WHERE first_seq >= coalesce((SELECT "
              "max(first_seq) FROM ledger_batch WHERE first_seq <= ?1), 0) "
              "ORDER BY first_seq"},
    std::pair{&result.down_,
              "SELECT first_seq, last_seq, open_from, root, leaves, records "
              "FROM ledger_batch WHERE first_seq <= ?1 "
              "ORDER BY first_seq DESC"},
    std::pair{&result.last_,
              "SELECT first_seq, last_seq, open_from, root "
              "FROM ledger_batch ORDER BY first_seq DESC LIMIT 1"},
    std::pair{&result.leaves_,
              "SELECT first_seq, leaves FROM ledger_batch "
              "WHERE first_seq >= coalesce((SELECT max(first_seq) "
              "FROM ledger_batch WHERE first_seq <= ?1), 0) "
              "AND first_seq <= ?2 ORDER BY first_seq"},
    std::pair{&result.nodes_,
              "SELECT hash FROM ledger_node WHERE level = ?1 "
              "AND position >= ?2 AND position < ?2 + ?3 ORDER BY position"},
    std::pair{&result.last_node_,
              "SELECT max(position) FROM ledger_node WHERE level = ?1"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

// -- rows and records ---------------------------------------------------------

status ledger_scan::rows(statement& query, const batch_taker& take) {
  reset_at_end guard{query};
  for (;;) {
    auto found = query.step();
    if (!found)
      return found.error();
    if (!*found)
      return unit{};
    auto row = read_row(query);
    if (!row)
      return row.error();
    row->leaves = query.blob(4);
    row->records = query.blob(5);
    if (!take(*row))
      return unit{};
  }
}

status ledger_scan::batches(uint64_t from, const batch_taker& take) {
  up_.bind(1, saturated_sql(from));
  return rows(up_, [&](const stored_batch& row) {
    // The row before it, if none holds `from`.
    return row.head.size < from || take(row);
  });
}

expected<size_t> ledger_scan::upwards(uint64_t from, size_t enough,
                                      const record_taker& take) {
  size_t count = 0;
  bool goes_on = true;
  auto done = batches(from, [&](const stored_batch& row) {
    batch_reader reader{row};
    while (auto record = reader.next()) {
      if (record->seq < from)
        continue;
      ++count;
      goes_on = take(*record);
      if (!goes_on)
        return false;
    }
    return count < enough;
  });
  if (!done)
    return done.error();
  return count;
}

expected<size_t> ledger_scan::downwards(uint64_t from, size_t enough,
                                        const record_taker& take) {
  size_t count = 0;
  std::vector<stored_record> records;
  down_.bind(1, saturated_sql(from));
  auto done = rows(down_, [&](const stored_batch& row) {
    records.clear();
    batch_reader reader{row};
    while (auto record = reader.next())
      if (record->seq <= from)
        records.push_back(*record);
    while (!records.empty()) {
      ++count;
      if (!take(records.back()))
        return false;
      records.pop_back();
    }
    return count < enough;
  });
  if (!done)
    return done.error();
  return count;
}

expected<std::optional<stored_batch>> ledger_scan::last_batch() {
  reset_at_end guard{last_};
  auto found = last_.step();
  if (!found)
    return found.error();
  if (!*found)
    return std::optional<stored_batch>{};
  auto row = read_row(last_);
  if (!row)
    return row.error();
  return std::optional{*row};
}

// -- the tree -----------------------------------------------------------------

expected<uint64_t> ledger_scan::covered_by_nodes() {
  reset_at_end guard{last_node_};
  last_node_.bind(1, int64_t{node_level_step});
  auto found = last_node_.step();
  if (!found)
    return found.error();
  if (!*found || last_node_.is_null(0))
    return uint64_t{0};
  return (static_cast<uint64_t>(last_node_.integer(0)) + 1) << node_level_step;
}

expected<tree_edge> ledger_scan::edge_at(tree_hasher& hasher, uint64_t size) {
  std::vector<sha256_digest> roots;
  uint64_t done = 0;
  for (uint32_t level = 64; level-- > 0;) {
    auto covered = uint64_t{1} << level;
    if (!(size & covered))
      continue;
    auto root = subtree(hasher, level, done);
    if (!root)
      return root.error();
    roots.push_back(*root);
    done += covered;
  }
  return tree_edge{size, std::move(roots)};
}

expected<sha256_digest>
ledger_scan::subtree(tree_hasher& hasher, uint32_t level, uint64_t first_leaf) {
  auto stored_level = level / node_level_step * node_level_step;
  auto count = uint64_t{1} << (level - stored_level);
  // Leaves are records, numbered from 1; nodes are numbered from 0.
  auto hashes = stored_level
                  ? nodes(stored_level, first_leaf >> stored_level, count)
                  : leaves(first_leaf + 1, count);
  if (!hashes)
    return hashes.error();
  if (hashes->size() != count)
    return damaged("stored hashes of the ledger's tree are missing");
  return fold(hasher, *std::move(hashes));
}

expected<std::vector<sha256_digest>> ledger_scan::leaves(uint64_t first,
                                                         uint64_t count) {
  reset_at_end guard{leaves_};
  leaves_.bind(1, saturated_sql(first))
    .bind(2, saturated_sql(first + count - 1));
  std::vector<sha256_digest> result;
  for (;;) {
    auto found = leaves_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    auto seq = static_cast<uint64_t>(leaves_.integer(0));
    auto row = leaves_.blob(1);
    for (; row.size() >= sizeof(sha256_digest); ++seq) {
      // One that is not at its place would be another record's.
      if (seq == first + result.size() && result.size() < count)
        std::copy_n(row.begin(), sizeof(sha256_digest),
                    result.emplace_back().begin());
      row = row.subspan(sizeof(sha256_digest));
    }
  }
}

expected<std::vector<sha256_digest>>
ledger_scan::nodes(uint32_t level, uint64_t first, uint64_t count) {
  reset_at_end guard{nodes_};
  nodes_.bind(1, int64_t{level})
    .bind(2, saturated_sql(first))
    .bind(3, saturated_sql(count));
  std::vector<sha256_digest> result;
  for (;;) {
    auto found = nodes_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    auto hash = nodes_.blob(0);
    if (hash.size() != sizeof(sha256_digest))
      return damaged("a stored hash is not 32 bytes long");
    std::ranges::copy(hash, result.emplace_back().begin());
  }
}

} // namespace byollm
