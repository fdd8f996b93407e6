// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace byollm::daemon {

/// Finds out whether loops do their work: asks each for a sign of life, which
/// it gives when it comes to it. Thread: one; `ask_of` runs a task on a loop.
class heartbeat {
public:
  using ask_fn = std::function<void(size_t loop, std::function<void()> task)>;

  heartbeat(size_t loops, ask_fn ask_of);

  /// Returns whether every loop answered what the last beat asked, and if so
  /// asks again.
  bool beat();

  /// Returns the loops that have not answered yet.
  std::vector<size_t> silent() const;

private:
  ask_fn ask_of_;
  /// Shared with what waits on the loops.
  std::vector<std::shared_ptr<std::atomic<bool>>> answered_;
};

} // namespace byollm::daemon
