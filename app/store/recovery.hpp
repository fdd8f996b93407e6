// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/ledger_scan.hpp"
#include "app/store/ledger_table.hpp"
#include "messages/ledger.hpp"

#include <vector>

namespace byollm {

/// What is known of a ledger when its store opens.
struct ledger_start {
  ledger_table::state found = {};
  /// Outcomes for the intents that a crash left open.
  std::vector<ledger_entry> closing = {};
};

/// Restores the tree's edge, recomputes the last batch from its bytes, and
/// finds the intents without an outcome. `now_unix_ms` is when their outcomes
/// finish. Errors: `store_corrupt` naming the first bad record.
expected<ledger_start> start_ledger(ledger_scan& scan, int64_t now_unix_ms);

} // namespace byollm
