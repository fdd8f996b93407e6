// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/export_form.hpp"
#include "app/ledger/history.hpp"

namespace byollm {

/// Verifies an export line by line, with public keys alone, by the rules of
/// docs/ledger.md. Needs memory for one line and the tree's edge. Not
/// thread-safe.
class export_verifier {
public:
  /// `anchors` of other ledgers than the export's are left out.
  export_verifier(std::vector<note_key> known, std::vector<checkpoint> anchors);

  /// Takes the next line, without its newline.
  void line(std::string_view next);

  /// Tells that there are no more.
  ledger_verdict finish();

  /// Records of which only the leaf was shown.
  uint64_t withheld() const noexcept {
    return withheld_;
  }

private:
  void take(const export_header& header);
  void take(const export_record& record);
  void take(const export_checkpoint& signed_note);
  void take(const export_end& end);
  ledger_finding check(const export_record& record);
  void look_for_missing(std::string_view line);
  void fail(ledger_flaw flaw, uint64_t seq, std::string words);
  void fail(ledger_finding found);

  // The record that the next line should be.
  uint64_t next() const noexcept {
    return tree_.size() + 1;
  }

  std::vector<note_key> known_;
  std::vector<checkpoint> anchors_;
  signed_history history_;
  tree_hasher hasher_;
  tree_edge tree_;
  std::string origin_;
  uint64_t withheld_ = 0;
  bool ended_ = false;
  /// The rest is read for the record that is not in its place.
  bool searching_ = false;
  ledger_finding found_;
};

} // namespace byollm
