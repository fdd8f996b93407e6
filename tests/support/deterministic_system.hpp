// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/protocol/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <functional>
#include <random>
#include <vector>

namespace byollm {

/// A CAF system in which one step at a time happens, in an order that a seed
/// decides: an actor handles its messages, or something outside (a disk, a
/// provider, a clock) answers. Seed 0 keeps the order of arrival.
class deterministic_system {
public:
  explicit deterministic_system(uint64_t seed = 0);

  /// Ends what was adopted and lets the rest run out.
  ~deterministic_system();

  caf::actor_system& system() {
    return system_;
  }

  /// Ends `actor` when this dies.
  template <class Handle>
  Handle adopt(Handle actor) {
    adopted_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

  /// Something outside that happens at some later step.
  void later(std::function<void()> event) {
    events_.push_back(std::move(event));
  }

  /// Does one step; false if there is nothing to do.
  bool step();

  /// Does steps until there is nothing to do; returns how many. Throws after
  /// `limit`: something keeps itself busy.
  size_t drain(size_t limit = 100'000);

  /// Returns a number below `bound`, by the seed.
  size_t pick(size_t bound);

private:
  struct config : caf::actor_system_config {
    config();
  };

  caf::scheduler::test_coordinator& scheduler();

  config config_;
  caf::actor_system system_;
  bool shuffled_;
  std::mt19937_64 random_;
  std::vector<caf::strong_actor_ptr> adopted_;
  std::vector<std::function<void()>> events_;
};

} // namespace byollm
