// SPDX-License-Identifier: Apache-2.0
// Goal: the growing edge gives the roots of RFC 6962. Method: compare with the
// RFC's recursive definition, written down here as it stands there, and with a
// published root.
#include "app/ledger/row.hpp"
#include "app/ledger/tree.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <map>
#include <span>

using namespace byollm;

namespace {

std::vector<sha256_digest> make_leaves(size_t count) {
  std::vector<sha256_digest> result(count);
  for (size_t i = 0; i < count; ++i) {
    result[i][0] = static_cast<uint8_t>(i);
    result[i][1] = static_cast<uint8_t>(i >> 8);
  }
  return result;
}

// MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])), k the largest power
// of two below n.
sha256_digest mth(sha256_hasher& sha, std::span<const sha256_digest> leaves) {
  if (leaves.empty())
    return sha.finish();
  if (leaves.size() == 1)
    return leaves[0];
  auto k = std::bit_floor(leaves.size() - 1);
  auto left = mth(sha, leaves.first(k));
  auto right = mth(sha, leaves.subspan(k));
  const uint8_t prefix[] = {0x01};
  sha.update(prefix);
  sha.update(left);
  sha.update(right);
  return sha.finish();
}

} // namespace

TEST_CASE("the tree of nothing has the hash of nothing", "[tree]") {
  tree_hasher hasher;
  CHECK(to_hex(tree_edge{}.root(hasher))
        == "e3b0c44298fc1c149afbf4c8996fb924"
           "27ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a leaf hash is SHA-256 over zero, public part and payload hash",
          "[tree]") {
  tree_hasher hasher;
  sha256_hasher plain;
  const std::vector<uint8_t> open{1, 2, 3}, salted{9, 8, 7, 6};
  plain.update(salted);
  auto payload_hash = plain.finish();
  CHECK(hasher.payload(salted) == payload_hash);
  std::vector<uint8_t> whole{0, 1, 2, 3};
  whole.insert(whole.end(), payload_hash.begin(), payload_hash.end());
  plain.update(whole);
  CHECK(hasher.leaf(open, payload_hash) == plain.finish());
}

TEST_CASE("the edge's root is the tree's at every size", "[tree]") {
  tree_hasher hasher;
  sha256_hasher plain;
  auto leaves = make_leaves(600);
  tree_edge edge;
  for (size_t size = 0; size < leaves.size(); ++size) {
    REQUIRE(edge.size() == size);
    REQUIRE(edge.root(hasher) == mth(plain, std::span{leaves}.first(size)));
    edge.append(hasher, leaves[size]);
  }
}

TEST_CASE("completed subtrees are told with their level and position",
          "[tree]") {
  tree_hasher hasher;
  sha256_hasher plain;
  auto leaves = make_leaves(64);
  std::map<std::pair<uint32_t, uint64_t>, sha256_digest> told;
  tree_edge edge;
  for (const auto& leaf : leaves)
    edge.append(hasher, leaf,
                [&](uint32_t level, uint64_t index, const sha256_digest& hash) {
                  told[{level, index}] = hash;
                });
  CHECK(told.size() == 63);
  for (const auto& [place, hash] : told) {
    auto width = size_t{1} << place.first;
    auto part = std::span{leaves}.subspan(place.second * width, width);
    REQUIRE(hash == mth(plain, part));
  }
}

TEST_CASE("an edge needs a node for each set bit of its size", "[tree]") {
  CHECK_THROWS_AS(tree_edge(3, make_leaves(1)), std::invalid_argument);
  CHECK_NOTHROW(tree_edge(3, make_leaves(2)));
}
