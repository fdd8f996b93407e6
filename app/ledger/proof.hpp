// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/tree.hpp"
#include "messages/expected.hpp"

#include <functional>
#include <span>
#include <vector>

namespace byollm {

/// Hashes from the leaves towards the root.
using proof_path = std::vector<sha256_digest>;

/// Looks up the root of the perfect subtree of 2^level leaves that begins at
/// leaf `first` (from 0).
using subtree_fn
  = std::function<expected<sha256_digest>(uint32_t level, uint64_t first)>;

/// Returns the root of a tree's first `size` leaves.
expected<sha256_digest> root_of(tree_hasher& hasher, uint64_t size,
                                const subtree_fn& subtree);

/// Makes the audit path of leaf `index` (from 0) in the tree of `size` leaves:
/// RFC 6962, section 2.1.1. Looks up O(log^2 size) subtrees. Errors:
/// `invalid_request` if there is no such leaf; any of `subtree`.
expected<proof_path> prove_inclusion(tree_hasher& hasher, uint64_t index,
                                     uint64_t size, const subtree_fn& subtree);

/// Makes the proof that the tree of `size` leaves extends that of `old` (1 to
/// `size`): RFC 6962, section 2.1.2. Errors: as `prove_inclusion`.
expected<proof_path> prove_consistency(tree_hasher& hasher, uint64_t old,
                                       uint64_t size,
                                       const subtree_fn& subtree);

/// Returns whether `path` leads from `leaf` to the head: RFC 9162, 2.1.3.2.
bool is_included(tree_hasher& hasher, const sha256_digest& leaf, uint64_t index,
                 std::span<const sha256_digest> path, const tree_head& head);

/// Returns whether `path` leads from `old` to `head`: RFC 9162, 2.1.4.2. An
/// empty tree is extended by none: it says nothing.
bool is_consistent(tree_hasher& hasher, const tree_head& old,
                   const tree_head& head, std::span<const sha256_digest> path);

} // namespace byollm
