// SPDX-License-Identifier: Apache-2.0
#include "app/store/ledger_scan.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace byollm {

namespace {

// SQLite's integers are signed; nothing there has a larger number.
int64_t to_sql(uint64_t value) {
  constexpr auto max = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::min(value, static_cast<uint64_t>(max)));
}

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

} // namespace

expected<ledger_scan> ledger_scan::open(database& db) {
  ledger_scan result;
  const std::array queries = {
    std::pair{&result.upwards_,
              "SELECT seq, public, leaf, payload, payload_hash "
              "FROM ledger_record WHERE seq >= ?1 ORDER BY seq LIMIT ?2"},
    std::pair{&result.downwards_,
              "SELECT seq, public, leaf, payload, payload_hash "
              "FROM ledger_record WHERE seq <= ?1 ORDER BY seq DESC LIMIT ?2"},
    std::pair{&result.of_call_,
              "SELECT r.seq, r.public, r.leaf, r.payload, r.payload_hash "
              "FROM ledger_call c JOIN ledger_record r ON r.seq = c.seq "
              "WHERE c.call = ?1 ORDER BY c.seq DESC LIMIT ?2"},
    std::pair{&result.batch_from_,
              "SELECT first_seq, last_seq, root, open_from FROM ledger_batch "
              "WHERE last_seq >= ?1 ORDER BY last_seq LIMIT 1"},
    std::pair{&result.last_batch_,
              "SELECT first_seq, last_seq, root, open_from FROM ledger_batch "
              "ORDER BY last_seq DESC LIMIT 1"},
    std::pair{&result.leaves_,
              "SELECT leaf FROM ledger_record "
              "WHERE seq >= ?1 AND seq < ?1 + ?2 ORDER BY seq"},
    std::pair{&result.nodes_,
              "SELECT hash FROM ledger_node WHERE level = ?3 "
              "AND position >= ?1 AND position < ?1 + ?2 ORDER BY position"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

expected<size_t> ledger_scan::upwards(uint64_t from, size_t limit,
                                      const taker& take) {
  upwards_.bind(1, to_sql(from)).bind(2, to_sql(limit));
  return records(upwards_, take);
}

expected<size_t> ledger_scan::downwards(uint64_t from, size_t limit,
                                        const taker& take) {
  downwards_.bind(1, to_sql(from)).bind(2, to_sql(limit));
  return records(downwards_, take);
}

expected<size_t> ledger_scan::of_call(std::string_view call, size_t limit,
                                      const taker& take) {
  of_call_.bind(1, call).bind(2, to_sql(limit));
  return records(of_call_, take);
}

expected<std::optional<batch_row>> ledger_scan::batch_from(uint64_t seq) {
  batch_from_.bind(1, to_sql(seq));
  return batch(batch_from_);
}

expected<std::optional<batch_row>> ledger_scan::last_batch() {
  return batch(last_batch_);
}

expected<size_t> ledger_scan::records(statement& query, const taker& take) {
  reset_at_end guard{query};
  size_t count = 0;
  for (;;) {
    auto found = query.step();
    if (!found)
      return found.error();
    if (!*found)
      return count;
    ++count;
    if (!take({static_cast<uint64_t>(query.integer(0)), query.blob(1),
               query.blob(2), query.blob(3), query.blob(4)}))
      return count;
  }
}

expected<std::optional<batch_row>> ledger_scan::batch(statement& query) {
  reset_at_end guard{query};
  auto found = query.step();
  if (!found)
    return found.error();
  if (!*found)
    return std::optional<batch_row>{};
  batch_row result;
  result.first_seq = static_cast<uint64_t>(query.integer(0));
  result.head.size = static_cast<uint64_t>(query.integer(1));
  auto root = query.blob(2);
  if (root.size() != result.head.root.size())
    return damaged("a stored root is not 32 bytes long");
  std::ranges::copy(root, result.head.root.begin());
  result.open_from = static_cast<uint64_t>(query.integer(3));
  return std::optional{result};
}

expected<tree_edge> ledger_scan::edge_at(tree_hasher& hasher, uint64_t size) {
  std::vector<sha256_digest> nodes;
  uint64_t done = 0;
  for (uint32_t level = 64; level-- > 0;) {
    auto leaves = uint64_t{1} << level;
    if (!(size & leaves))
      continue;
    auto node = subtree(hasher, level, done);
    if (!node)
      return node.error();
    nodes.push_back(*node);
    done += leaves;
  }
  return tree_edge{size, std::move(nodes)};
}

expected<sha256_digest>
ledger_scan::subtree(tree_hasher& hasher, uint32_t level, uint64_t first_leaf) {
  auto stored_level = level / node_level_step * node_level_step;
  auto count = uint64_t{1} << (level - stored_level);
  // Leaves are records, numbered from 1; nodes are numbered from 0.
  auto first = stored_level ? first_leaf >> stored_level : first_leaf + 1;
  auto& query = stored_level ? nodes_ : leaves_;
  reset_at_end guard{query};
  query.bind(1, to_sql(first)).bind(2, to_sql(count));
  if (stored_level)
    query.bind(3, static_cast<int64_t>(stored_level));
  std::vector<sha256_digest> hashes;
  for (;;) {
    auto found = query.step();
    if (!found)
      return found.error();
    if (!*found)
      break;
    auto hash = query.blob(0);
    if (hash.size() != sizeof(sha256_digest))
      return damaged("a stored hash is not 32 bytes long");
    std::ranges::copy(hash, hashes.emplace_back().begin());
  }
  if (hashes.size() != count)
    return damaged("stored hashes of the ledger's tree are missing");
  return fold(hasher, std::move(hashes));
}

} // namespace byollm
