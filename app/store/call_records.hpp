// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/call_index.hpp"
#include "app/store/ledger_scan.hpp"

#include <string_view>
#include <vector>

namespace byollm {

/// Finds the records of a call. Its id is its tenant's alone: what others name
/// the same costs nothing here, whoever chose the name. Not thread-safe.
class call_records {
public:
  using taker = ledger_scan::record_taker;

  /// `open` has the intents without an outcome; it outlives this.
  static expected<call_records> open(database& db, const open_intents& open);

  /// Returns the numbers of up to `limit` records of `tenant`'s call, of any
  /// tenant's if that is empty, newest first.
  expected<std::vector<uint64_t>>
  seqs_of_call(std::string_view tenant, std::string_view call, size_t limit);

  /// Passes on up to `limit` records of `tenant`'s call, of any tenant's if
  /// that is empty, newest first; returns how many.
  expected<size_t> of_call(ledger_scan& scan, std::string_view tenant,
                           std::string_view call, size_t limit,
                           const taker& take);

  /// Passes on the outcome of an attempt that has one, and then its intent.
  status of_attempt(ledger_scan& scan, const attempt_key& which,
                    const taker& take);

private:
  expected<std::vector<uint64_t>> seqs_of(statement& query);

  const open_intents* open_ = nullptr;
  statement of_any_;
  statement of_tenant_;
  statement of_attempt_;
};

} // namespace byollm
