// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/tree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

namespace byollm {

namespace {

constexpr uint8_t leaf_prefix = 0;
constexpr uint8_t node_prefix = 1;

} // namespace

sha256_digest tree_hasher::payload(byte_view salted) {
  sha_.update(salted);
  return sha_.finish();
}

sha256_digest tree_hasher::leaf(byte_view public_part,
                                const sha256_digest& payload_hash) {
  leaf_.assign(1, leaf_prefix);
  leaf_.insert(leaf_.end(), public_part.begin(), public_part.end());
  leaf_.insert(leaf_.end(), payload_hash.begin(), payload_hash.end());
  sha_.update(leaf_);
  return sha_.finish();
}

sha256_digest tree_hasher::node(const sha256_digest& left,
                                const sha256_digest& right) {
  std::array<uint8_t, 1 + 2 * sizeof(sha256_digest)> bytes;
  bytes[0] = node_prefix;
  std::ranges::copy(left, bytes.begin() + 1);
  std::ranges::copy(right, bytes.begin() + 1 + sizeof(sha256_digest));
  sha_.update(bytes);
  return sha_.finish();
}

sha256_digest tree_hasher::empty() {
  return sha_.finish();
}

tree_edge::tree_edge(uint64_t size, std::vector<sha256_digest> nodes)
    : size_(size), nodes_(std::move(nodes)) {
  if (static_cast<size_t>(std::popcount(size_)) != nodes_.size())
    throw std::invalid_argument("a tree edge needs one node per set bit");
}

void tree_edge::append(tree_hasher& hasher, const sha256_digest& leaf,
                       const node_listener& on_node) {
  auto node = leaf;
  uint32_t level = 0;
  // Each trailing one of the size is a left sibling that waits for us.
  for (auto rest = size_; rest & 1; rest >>= 1) {
    node = hasher.node(nodes_.back(), node);
    nodes_.pop_back();
    ++level;
    if (on_node)
      on_node(level, ((size_ + 1) >> level) - 1, node);
  }
  nodes_.push_back(node);
  ++size_;
}

sha256_digest tree_edge::root(tree_hasher& hasher) const {
  if (nodes_.empty())
    return hasher.empty();
  auto result = nodes_.back();
  for (auto i = nodes_.size() - 1; i > 0; --i)
    result = hasher.node(nodes_[i - 1], result);
  return result;
}

} // namespace byollm
