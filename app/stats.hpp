// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace byollm {

/// A part of a runtime that is not well: `calls`, `ledger`, `checkpoints` or
/// `anchors`.
struct runtime_problem {
  std::string part = {};
  failure why = {};
};

/// Numbers of a running runtime, for health checks and leak tests.
struct runtime_stats {
  size_t actors = 0;
  uint32_t in_flight = 0;
  /// Attempts that were not made again because their tenant's retries were used
  /// up, since the start.
  uint64_t retries_denied = 0;
  /// A call may begin.
  bool takes_calls = true;
  bool ledger_healthy = true;
  uint64_t ledger_records = 0;
  /// Intents whose outcome is not recorded yet.
  uint64_t ledger_open = 0;
  /// Records that are under a signed checkpoint.
  uint64_t ledger_signed = 0;
  /// The newest checkpoint, a signed note; empty if there is none.
  std::string checkpoint = {};
  /// Checkpoints are being made, and every anchor has them.
  bool checkpoints_healthy = true;
  bool anchors_healthy = true;
  /// Places that get the checkpoints.
  size_t anchors = 0;
  /// Free on the ledger's disk when it last looked.
  uint64_t free_bytes = 0;
  /// Empty if all is well.
  std::vector<runtime_problem> problems = {};
  /// LLMs that are left alone, because their last attempts failed.
  uint64_t breakers_open = 0;
  /// Attempts that are with a provider, and that wait for their turn.
  uint64_t attempts_running = 0;
  uint64_t attempts_queued = 0;
  /// Connections to providers that wait for the next call.
  uint64_t connections_idle = 0;
  /// Records that wait to be durable.
  uint64_t ledger_waiting = 0;
  /// Calls that were refused since the start because their tenant had as many
  /// in flight as any may, and because places were few and it had its share.
  uint64_t shed_at_tenant_limit = 0;
  uint64_t shed_for_scarcity = 0;
};

} // namespace byollm
