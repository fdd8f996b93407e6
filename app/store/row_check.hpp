// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/config_table.hpp"
#include "app/store/ledger_scan.hpp"
#include "messages/ports/log.hpp"

namespace byollm {

/// Compares the stored LLM settings with their seal, and, if they differ, each
/// row with the ledger's record of its last change: rows that are not what the
/// ledger says are marked as stale, and `log` is told. A store from before
/// there were seals is sealed as it is. `now` is the ledger's tree; its records
/// since the last checkpoint are read and verified, all only if something is
/// wrong, and if they do not verify, every row is stale. For the opening of a
/// store.
status check_rows(config_table& configs, ledger_scan& ledger,
                  const tree_edge& now, const log_fn& log);

} // namespace byollm
