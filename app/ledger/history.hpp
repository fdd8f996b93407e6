// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/checkpoint.hpp"
#include "messages/ledger.hpp"

#include <map>

namespace byollm {

/// What is wrong, from which record on, and in words.
struct ledger_finding {
  ledger_flaw flaw = ledger_flaw::none;
  uint64_t seq = 0;
  std::string words = {};

  explicit operator bool() const noexcept {
    return flaw != ledger_flaw::none;
  }
};

/// Compares a tree, while it grows, with what was signed about it: its own
/// checkpoints, and anchors that were kept elsewhere. Not thread-safe.
class signed_history {
public:
  signed_history() = default;

  explicit signed_history(const std::vector<checkpoint>& anchors);

  /// Tells that the tree has grown by one leaf or more.
  void grew(tree_hasher& hasher, const tree_edge& tree);

  /// Compares the tree with a signed head at this point.
  ledger_finding signed_head(tree_hasher& hasher, const tree_edge& tree,
                             const tree_head& head);

  /// Tells that the tree of `size` leaves is all there is.
  ledger_finding finish(uint64_t size) const;

  /// The size of the last head that agreed.
  uint64_t covered() const noexcept {
    return covered_;
  }

  uint64_t heads() const noexcept {
    return heads_;
  }

  bool has_anchors() const noexcept {
    return !anchors_.empty();
  }

  /// Anchors that agreed.
  uint64_t anchors() const noexcept {
    return agreed_;
  }

private:
  std::multimap<uint64_t, sha256_digest> anchors_;
  uint64_t covered_ = 0;
  uint64_t heads_ = 0;
  uint64_t agreed_ = 0;
  /// The first anchor that disagreed; whose fault it is tells the next head.
  uint64_t disputed_ = 0;
};

/// Takes the next `most` lines off `text`, and returns the anchors among them.
std::vector<checkpoint> take_anchors(std::string_view& text,
                                     std::span<const note_key> known,
                                     size_t most);

/// Reads the anchors of an anchor file's text, whatever else it holds.
std::vector<checkpoint> read_anchors(std::string_view text,
                                     std::span<const note_key> known);

} // namespace byollm
