// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace byollm {

/// Computes the hashes of the ledger's Merkle tree (RFC 6962). Not thread-safe.
class tree_hasher {
public:
  tree_hasher() = default;
  tree_hasher(tree_hasher&&) = default;
  tree_hasher& operator=(tree_hasher&&) = default;

  /// Between two calls there is nothing to copy.
  tree_hasher(const tree_hasher&) : tree_hasher() {
    // nop
  }

  /// Returns SHA-256 of a record's payload part: its salt, then its fields.
  sha256_digest payload(byte_view salted);

  /// Returns SHA-256(0x00 || public part || payload hash).
  sha256_digest leaf(byte_view public_part, const sha256_digest& payload_hash);

  /// Returns SHA-256(0x01 || left || right).
  sha256_digest node(const sha256_digest& left, const sha256_digest& right);

  /// Returns the root of the tree without leaves: SHA-256 of nothing.
  sha256_digest empty();

private:
  sha256_hasher sha_;
  /// A leaf's parts, gathered: each feeding costs more than a copy.
  std::vector<uint8_t> leaf_;
};

/// A tree head: how many leaves, and the root over them.
struct tree_head {
  uint64_t size = 0;
  sha256_digest root = {};

  bool operator==(const tree_head&) const = default;
};

/// The right edge of a growing tree: the roots of its perfect subtrees, largest
/// first, one for each set bit of its size. Enough to append and to tell the
/// root; a value, so that a failed transaction's appends are dropped with a
/// copy.
class tree_edge {
public:
  /// Is told each perfect subtree of 2^level leaves as it completes; `index`
  /// counts the subtrees of that level from 0.
  using node_listener = std::function<void(uint32_t level, uint64_t index,
                                           const sha256_digest& hash)>;

  tree_edge() = default;

  /// Restores an edge from the roots that its size calls for.
  tree_edge(uint64_t size, std::vector<sha256_digest> nodes);

  uint64_t size() const noexcept {
    return size_;
  }

  void append(tree_hasher& hasher, const sha256_digest& leaf,
              const node_listener& on_node = {});

  sha256_digest root(tree_hasher& hasher) const;

private:
  uint64_t size_ = 0;
  std::vector<sha256_digest> nodes_;
};

} // namespace byollm
