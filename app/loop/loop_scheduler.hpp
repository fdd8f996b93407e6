// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/loop/loop_clock.hpp"

#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <memory>
#include <vector>

namespace byollm {

class loop_pool;

/// A CAF scheduler whose workers are the pool's loops, so that a socket, an
/// actor and its caller meet without a thread hop (docs/adr/0001). An actor
/// runs where its waker runs, except a pinned one, which stays on its loop
/// because it owns sockets or alarms there.
class loop_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  loop_scheduler(caf::actor_system& system, loop_pool& pool);
  ~loop_scheduler() override;

  /// The unit to spawn an actor on that is to stay on loop `index`; what such
  /// an actor spawns stays there too.
  caf::execution_unit* pinned(size_t index);

  bool detaches_utility_actors() const override;

  caf::actor_clock& clock() noexcept override;

protected:
  void start() override;

  /// Ends the pool's threads; all actors are gone by then.
  void stop() override;

  void enqueue(caf::resumable* job) override;

private:
  class unit;

  void post(caf::resumable* job, unit& fallback);
  unit* home_of(caf::resumable* job);

  loop_pool& pool_;
  loop_clock clock_;
  std::vector<std::unique_ptr<unit>> pinned_;
  std::vector<std::unique_ptr<unit>> floating_;
};

} // namespace byollm
