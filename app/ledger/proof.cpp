// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/proof.hpp"

#include <algorithm>
#include <bit>

namespace byollm {

namespace {

// Leaves `first` to `first + count`, where `first` is a multiple of the largest
// power of two below them: what both RFCs' recursions come upon.
struct leaf_range {
  uint64_t first;
  uint64_t count;

  // The largest power of two below `count`.
  uint64_t split() const noexcept {
    return std::bit_floor(count - 1);
  }

  leaf_range left() const noexcept {
    return {first, split()};
  }

  leaf_range right() const noexcept {
    return {first + split(), count - split()};
  }
};

expected<sha256_digest> hash_of(tree_hasher& hasher, leaf_range of,
                                const subtree_fn& subtree) {
  if (std::has_single_bit(of.count))
    return subtree(static_cast<uint32_t>(std::countr_zero(of.count)), of.first);
  auto left = hash_of(hasher, of.left(), subtree);
  if (!left)
    return left;
  auto right = hash_of(hasher, of.right(), subtree);
  if (!right)
    return right;
  return hasher.node(*left, *right);
}

// Hashes of ranges, from the last to the first: the recursions meet the largest
// first.
expected<proof_path> upwards(tree_hasher& hasher,
                             std::span<const leaf_range> met,
                             const subtree_fn& subtree) {
  proof_path result;
  for (auto i = met.size(); i > 0; --i) {
    auto hash = hash_of(hasher, met[i - 1], subtree);
    if (!hash)
      return hash.error();
    result.push_back(*hash);
  }
  return result;
}

failure no_such_leaf() {
  return {errc::invalid_request, "the tree has no such leaf"};
}

} // namespace

expected<sha256_digest> root_of(tree_hasher& hasher, uint64_t size,
                                const subtree_fn& subtree) {
  if (size == 0)
    return hasher.empty();
  return hash_of(hasher, {0, size}, subtree);
}

expected<proof_path> prove_inclusion(tree_hasher& hasher, uint64_t index,
                                     uint64_t size, const subtree_fn& subtree) {
  if (index >= size)
    return no_such_leaf();
  std::vector<leaf_range> siblings;
  for (leaf_range at{0, size}; at.count > 1;) {
    bool is_left = index < at.first + at.split();
    siblings.push_back(is_left ? at.right() : at.left());
    at = is_left ? at.left() : at.right();
  }
  return upwards(hasher, siblings, subtree);
}

expected<proof_path> prove_consistency(tree_hasher& hasher, uint64_t old,
                                       uint64_t size,
                                       const subtree_fn& subtree) {
  if (old == 0 || old > size)
    return no_such_leaf();
  std::vector<leaf_range> met;
  leaf_range at{0, size};
  // Down to the subtree that ends where the old tree ended.
  while (at.first + at.count != old) {
    bool is_left = old <= at.first + at.split();
    met.push_back(is_left ? at.right() : at.left());
    at = is_left ? at.left() : at.right();
  }
  // The old tree itself is known to whoever asks.
  if (at.first != 0)
    met.push_back(at);
  return upwards(hasher, met, subtree);
}

bool is_included(tree_hasher& hasher, const sha256_digest& leaf, uint64_t index,
                 std::span<const sha256_digest> path, const tree_head& head) {
  if (index >= head.size)
    return false;
  auto at = index;
  auto last = head.size - 1;
  auto hash = leaf;
  for (const auto& sibling : path) {
    if (last == 0)
      return false;
    if ((at & 1) || at == last) {
      hash = hasher.node(sibling, hash);
      while (!(at & 1) && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      hash = hasher.node(hash, sibling);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == head.root;
}

bool is_consistent(tree_hasher& hasher, const tree_head& old,
                   const tree_head& head, std::span<const sha256_digest> path) {
  if (old.size == 0 || old.size > head.size)
    return false;
  if (old.size == head.size)
    return path.empty() && old.root == head.root;
  // A perfect old tree is a subtree of the new one, and left out of the proof.
  std::vector<sha256_digest> whole;
  if (std::has_single_bit(old.size))
    whole.push_back(old.root);
  whole.insert(whole.end(), path.begin(), path.end());
  if (whole.empty())
    return false;
  auto at = old.size - 1;
  auto last = head.size - 1;
  while (at & 1) {
    at >>= 1;
    last >>= 1;
  }
  auto old_hash = whole.front();
  auto new_hash = whole.front();
  for (const auto& next : std::span{whole}.subspan(1)) {
    if (last == 0)
      return false;
    if ((at & 1) || at == last) {
      old_hash = hasher.node(next, old_hash);
      new_hash = hasher.node(next, new_hash);
      while (!(at & 1) && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = hasher.node(new_hash, next);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old.root && new_hash == head.root;
}

} // namespace byollm
