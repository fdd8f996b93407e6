// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "tests/load/cast.hpp"
#include "tests/load/child.hpp"
#include "tests/load/stretch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace byollm::load {

/// The same chat turns on either side of a process boundary.
struct turn_shape {
  size_t concurrency = 1;
  size_t turns = 0;
  size_t calls_per_turn = 1;
  size_t message_bytes = 300;
  /// Between a caller's turns: with it, both ways have about the same pace.
  std::chrono::microseconds think_time{0};

  /// Returns when a caller begins: evenly spread, so that those who think do
  /// not all ask at once for ever.
  std::chrono::microseconds delay_of(size_t caller) const {
    return think_time * static_cast<int64_t>(caller)
           / static_cast<int64_t>(concurrency);
  }
};

/// Takes turns as a host in the runtime's process does: by the API, on its
/// loops, which is the cheapest way there is. `users` take the turns one after
/// the other. Errors: the first call's that was not answered.
expected<stretch> run_here(const runtime& rt, const std::vector<user>& users,
                           const turn_shape& shape);

/// Of one extension; each attached.
using worker_processes = std::vector<std::unique_ptr<child>>;

/// byollmd and the processes around it.
struct far_side {
  std::string socket = {};
  /// With the scope `turns`.
  std::string host_token = {};
  const child* daemon = nullptr;
  std::string extension = {};
  const worker_processes* workers = nullptr;
  /// Where the host's threads run.
  std::vector<int> cores = {};
};

/// Takes the same turns as a host beside byollmd does: asks it to run a
/// function, which its workers run, and whose calls come back to it. Errors:
/// the first turn's that was not answered well.
expected<stretch> run_there(const far_side& at, const std::vector<user>& users,
                            const turn_shape& shape);

} // namespace byollm::load
