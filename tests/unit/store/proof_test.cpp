// SPDX-License-Identifier: Apache-2.0
// Goal: proofs are those of RFC 6962, and verification takes them and nothing
// else. Method: the RFC's own example tree and paths (section 2.1.3), every
// pair of leaf and size and of old and new size up to 300, and mutations of
// each proof.
#include "app/ledger/note.hpp"
#include "app/ledger/proof.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace byollm;

namespace {

constexpr uint64_t size_max = 300;

// Perfect subtrees of `leaves`, computed from the leaves each time.
class forest {
public:
  explicit forest(std::vector<sha256_digest> leaves)
      : leaves_(std::move(leaves)) {
    // nop
  }

  sha256_digest at(uint32_t level, uint64_t first) const {
    if (level == 0)
      return leaves_[first];
    tree_hasher hasher;
    auto half = uint64_t{1} << (level - 1);
    return hasher.node(at(level - 1, first), at(level - 1, first + half));
  }

  subtree_fn lookup() {
    return [this](uint32_t level, uint64_t first) -> expected<sha256_digest> {
      auto key = std::pair{level, first};
      auto found = known_.find(key);
      if (found == known_.end())
        found = known_.emplace(key, at(level, first)).first;
      return found->second;
    };
  }

private:
  std::vector<sha256_digest> leaves_;
  std::map<std::pair<uint32_t, uint64_t>, sha256_digest> known_;
};

forest numbered(size_t count) {
  std::vector<sha256_digest> leaves(count);
  for (size_t i = 0; i < count; ++i)
    leaves[i] = {static_cast<uint8_t>(i), static_cast<uint8_t>(i >> 8), 1};
  return forest{std::move(leaves)};
}

tree_head head_of(tree_hasher& hasher, uint64_t size, const subtree_fn& from) {
  return {size, *root_of(hasher, size, from)};
}

// Every proof that differs from `path` by one change.
std::vector<proof_path> mutations(const proof_path& path) {
  std::vector<proof_path> result;
  for (size_t i = 0; i < path.size(); ++i) {
    auto flipped = path;
    flipped[i][31] ^= 1;
    result.push_back(flipped);
    auto shorter = path;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    result.push_back(shorter);
    auto longer = path;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i), path[i]);
    result.push_back(longer);
    if (i > 0) {
      auto swapped = path;
      std::swap(swapped[i - 1], swapped[i]);
      result.push_back(swapped);
    }
  }
  auto longer = path;
  longer.push_back({});
  result.push_back(longer);
  return result;
}

} // namespace

TEST_CASE("the RFC's example tree has the RFC's paths", "[proof]") {
  tree_hasher hasher;
  std::vector<sha256_digest> d;
  for (int i = 0; i < 7; ++i) {
    sha256_hasher sha;
    const std::vector<uint8_t> leaf{0, 'd', static_cast<uint8_t>('0' + i)};
    sha.update(leaf);
    d.push_back(sha.finish());
  }
  // The names of RFC 6962, section 2.1.3.
  auto g = hasher.node(d[0], d[1]), h = hasher.node(d[2], d[3]);
  auto i = hasher.node(d[4], d[5]), j = d[6];
  auto k = hasher.node(g, h), l = hasher.node(i, j);
  auto a = d[0], b = d[1], c = d[2], f = d[5];
  auto root = hasher.node(k, l);
  forest tree{d};
  auto from = tree.lookup();
  CHECK(*root_of(hasher, 7, from) == root);
  CHECK(*prove_inclusion(hasher, 0, 7, from) == proof_path{b, h, l});
  CHECK(*prove_inclusion(hasher, 3, 7, from) == proof_path{c, g, l});
  CHECK(*prove_inclusion(hasher, 4, 7, from) == proof_path{f, j, k});
  CHECK(*prove_inclusion(hasher, 6, 7, from) == proof_path{i, k});
  CHECK(*prove_consistency(hasher, 3, 7, from) == proof_path{c, d[3], g, l});
  CHECK(*prove_consistency(hasher, 4, 7, from) == proof_path{l});
  CHECK(*prove_consistency(hasher, 6, 7, from) == proof_path{i, j, k});
  CHECK(a == d[0]);
}

TEST_CASE("every leaf of every tree up to 300 is proven", "[proof]") {
  tree_hasher hasher;
  auto tree = numbered(size_max);
  auto from = tree.lookup();
  for (uint64_t size = 1; size <= size_max; ++size) {
    auto head = head_of(hasher, size, from);
    for (uint64_t index = 0; index < size; ++index) {
      auto path = prove_inclusion(hasher, index, size, from);
      REQUIRE(path);
      REQUIRE(is_included(hasher, tree.at(0, index), index, *path, head));
      auto beside = (index + 1) % size;
      REQUIRE(
        (size == 1
         || !is_included(hasher, tree.at(0, index), beside, *path, head)));
    }
  }
}

TEST_CASE("every pair of trees up to 300 is consistent", "[proof]") {
  tree_hasher hasher;
  auto tree = numbered(size_max);
  auto from = tree.lookup();
  std::vector<tree_head> heads{{}};
  for (uint64_t size = 1; size <= size_max; ++size) {
    heads.push_back(head_of(hasher, size, from));
    for (uint64_t old = 1; old <= size; ++old) {
      auto path = prove_consistency(hasher, old, size, from);
      REQUIRE(path);
      REQUIRE(is_consistent(hasher, heads[old], heads[size], *path));
      auto other = heads[old];
      other.root[0] ^= 1;
      REQUIRE_FALSE(is_consistent(hasher, other, heads[size], *path));
    }
  }
}

TEST_CASE("a proof that was changed proves nothing", "[proof]") {
  tree_hasher hasher;
  auto tree = numbered(70);
  auto from = tree.lookup();
  for (uint64_t size = 1; size <= 70; ++size) {
    auto head = head_of(hasher, size, from);
    for (uint64_t index = 0; index < size; ++index) {
      auto leaf = tree.at(0, index);
      for (const auto& path :
           mutations(*prove_inclusion(hasher, index, size, from)))
        REQUIRE_FALSE(is_included(hasher, leaf, index, path, head));
      auto old = head_of(hasher, index + 1, from);
      for (const auto& path :
           mutations(*prove_consistency(hasher, index + 1, size, from)))
        REQUIRE_FALSE(is_consistent(hasher, old, head, path));
    }
  }
}

TEST_CASE("there are no proofs outside of the tree", "[proof]") {
  tree_hasher hasher;
  auto tree = numbered(4);
  auto from = tree.lookup();
  CHECK_FALSE(prove_inclusion(hasher, 4, 4, from));
  CHECK_FALSE(prove_inclusion(hasher, 0, 0, from));
  CHECK_FALSE(prove_consistency(hasher, 0, 4, from));
  CHECK_FALSE(prove_consistency(hasher, 5, 4, from));
  auto head = head_of(hasher, 4, from);
  CHECK_FALSE(is_included(hasher, tree.at(0, 0), 4, {}, head));
  CHECK_FALSE(is_consistent(hasher, {}, head, {}));
}
