// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/history.hpp"

namespace byollm {

namespace {

std::string counted(uint64_t records) {
  return std::to_string(records) + (records == 1 ? " record" : " records");
}

} // namespace

signed_history::signed_history(const std::vector<checkpoint>& anchors) {
  for (const auto& anchor : anchors)
    anchors_.emplace(anchor.head.size, anchor.head.root);
}

void signed_history::grew(tree_hasher& hasher, const tree_edge& tree) {
  auto [first, last] = anchors_.equal_range(tree.size());
  if (first == last)
    return;
  auto root = tree.root(hasher);
  for (; first != last; ++first)
    if (first->second == root)
      ++agreed_;
    else if (disputed_ == 0)
      disputed_ = tree.size();
}

ledger_finding signed_history::signed_head(tree_hasher& hasher,
                                           const tree_edge& tree,
                                           const tree_head& head) {
  auto size = tree.size();
  if (head.size > size)
    return {ledger_flaw::truncated, size + 1,
            "a checkpoint covers " + counted(head.size)};
  if (head.size < size)
    return {ledger_flaw::reordered, size + 1,
            "a checkpoint of " + counted(head.size) + " is out of its place"};
  if (head.root != tree.root(hasher)) {
    if (covered_ == size && size > 0)
      return {ledger_flaw::forked, size,
              "two signed checkpoints of " + counted(size) + " disagree"};
    return {ledger_flaw::edited, covered_ + 1,
            "records " + std::to_string(covered_ + 1) + " to "
              + std::to_string(size) + " are not those that were signed"};
  }
  if (disputed_ > 0)
    return {ledger_flaw::forked, disputed_,
            "an anchor of " + counted(disputed_)
              + " and a later checkpoint disagree"};
  covered_ = size;
  ++heads_;
  return {};
}

ledger_finding signed_history::finish(uint64_t size) const {
  if (disputed_ > 0)
    return {ledger_flaw::edited, covered_ + 1,
            "an anchor of " + counted(disputed_) + " was signed over others"};
  if (anchors_.empty() || anchors_.rbegin()->first <= size)
    return {};
  return {ledger_flaw::rolled_back, size + 1,
          "an anchor covers " + counted(anchors_.rbegin()->first)};
}

std::vector<checkpoint> take_anchors(std::string_view& text,
                                     std::span<const note_key> known,
                                     size_t most) {
  std::vector<checkpoint> result;
  for (; most > 0; --most) {
    auto line = take_line(text);
    // A last line without its newline was torn, and does not parse either.
    if (!line) {
      text = {};
      return result;
    }
    if (auto anchor = open_anchor(*line, known))
      result.push_back(*std::move(anchor));
  }
  return result;
}

std::vector<checkpoint> read_anchors(std::string_view text,
                                     std::span<const note_key> known) {
  return take_anchors(text, known, SIZE_MAX);
}

} // namespace byollm
