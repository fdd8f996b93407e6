// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/decode.hpp"
#include "app/ledger/tree.hpp"
#include "messages/ledger.hpp"

#include <string>

namespace byollm {

/// A record as it lies in the store. Views only.
struct stored_record {
  uint64_t seq = 0;
  byte_view public_part = {};
  /// The leaf hash that was stored beside it.
  byte_view leaf = {};
  /// Salt and fields; empty once retention removed them.
  byte_view payload = {};
  /// What is left of a removed payload; empty otherwise.
  byte_view payload_hash = {};
};

/// How closely a verifier looks at a record.
enum class scrutiny : uint8_t {
  fields, ///< Reads it, field by field.
  bytes,  ///< Hashes it: enough if the root to compare with was kept elsewhere.
};

/// Recomputes a ledger from its stored bytes, record by record, and names the
/// first that is wrong. It trusts nothing but the tree heads it is given, so it
/// finds what they cover: an attacker who can rewrite records and all heads is
/// found by heads that were kept elsewhere. Not thread-safe.
class ledger_verifier {
public:
  ledger_verifier() = default;

  /// Continues after a ledger whose tree is `from`.
  explicit ledger_verifier(tree_edge from, scrutiny how = scrutiny::fields)
      : edge_(std::move(from)), how_(how) {
    // nop
  }

  /// Calls `grown` with the tree after each record that verified.
  void watch(std::function<void(tree_hasher&, const tree_edge&)> grown) {
    grown_ = std::move(grown);
  }

  /// Takes the next record, in the order of the store. Returns whether all is
  /// well so far.
  bool record(const stored_record& next);

  /// Compares a stored head with the tree at this point. The head's size must
  /// be that of the records taken so far, or there are too few or too many.
  bool head(const tree_head& expected_head);

  /// Tells that neither record nor head follows.
  ledger_verdict finish();

  bool is_well() const noexcept {
    return flaw_ == ledger_flaw::none;
  }

  const tree_edge& edge() const noexcept {
    return edge_;
  }

  tree_hasher& hasher() noexcept {
    return hasher_;
  }

private:
  bool read(const stored_record& next);
  bool fail(ledger_flaw flaw, uint64_t seq, const std::string& words);

  tree_hasher hasher_;
  tree_edge edge_;
  scrutiny how_ = scrutiny::fields;
  std::function<void(tree_hasher&, const tree_edge&)> grown_;
  uint64_t covered_ = edge_.size();
  ledger_flaw flaw_ = ledger_flaw::none;
  uint64_t bad_seq_ = 0;
  std::string problem_;
};

} // namespace byollm
