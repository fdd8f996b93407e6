// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "tests/load/ledger_count.hpp"

#include <string>

namespace byollm::load {

/// What a ledger says of itself, and what is in it.
struct ledger_reading {
  ledger_count rows = {};
  bool is_intact = false;
  std::string problem = {};
};

/// Opens a ledger anew, as after any end: what has no outcome by then gets
/// `unknown`, and counts as a mistake. Errors: what starting and reading said.
expected<ledger_reading> read_ledger(runtime_options options);

/// Returns what is wrong with a ledger of `calls` calls that were all answered
/// well, or success.
status judge_all_answered(const ledger_reading& what, size_t calls);

} // namespace byollm::load
