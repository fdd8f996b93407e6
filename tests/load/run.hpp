// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "tests/load/ledger_count.hpp"
#include "tests/load/scenario.hpp"
#include "tests/load/scoreboard.hpp"

#include <filesystem>
#include <string>

namespace byollm::load {

/// What came of a scenario.
struct run_result {
  driver_log log = {};
  /// Real or virtual time of the measured part.
  double seconds = 0;
  /// CPU time of the whole process, ledger writer included; 0 under the
  /// deterministic scheduler.
  double cpu_us = 0;
  size_t resident_before = 0;
  size_t resident_most = 0;
  ledger_count ledger = {};
  bool ledger_intact = false;
  std::string ledger_problem = {};
  /// Deterministic only: a digest of everything that happened, in order.
  uint64_t trace = 0;
};

/// Returns what is wrong with a run, or success: every call ended as it had
/// to, every attempt has intent and outcome, the ledger verifies.
status judge(const scenario& load, const run_result& what);

struct real_options {
  /// Where the runtime's own directory is made and removed again.
  std::filesystem::path base_directory = {};
  std::string standin_url = {};
};

/// Runs the scenario on a runtime as a host has it: its loops, its ledger on
/// disk, real HTTP. Errors: what setting up said; `unavailable` if turns hang.
expected<run_result> run_real(const scenario& load,
                              const real_options& options);

/// Runs the scenario on the deterministic scheduler: the same drivers and
/// actors, with a virtual clock, and providers and store that answer by it. The
/// same seed gives the same trace.
expected<run_result> run_virtual(const scenario& load);

} // namespace byollm::load
