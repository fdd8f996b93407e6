// SPDX-License-Identifier: Apache-2.0
// How a runtime ends: nobody in, everybody answered, every record durable,
// every thread joined.
#include "app/runtime/runtime_impl.hpp"

#include "app/loop/runtime_thread.hpp"
#include "app/runtime/side_thread.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <latch>

namespace byollm {

namespace {

// How long calls that were cut have to leave their outcome in the ledger.
constexpr auto outcome_grace = std::chrono::seconds{5};

// Ends actors and waits until they are gone, so that the next group still
// answers what these say on their way out.
template <class... Handles>
void end_and_wait(caf::actor_system& system, const Handles&... handles) {
  caf::scoped_actor self{system, true};
  (self->send_exit(handles, caf::exit_reason::user_shutdown), ...);
  self->wait_for(handles...);
}

} // namespace

// What is not ended stays: without a thread that may wait there is no end.
void runtime::impl::end(impl* what) noexcept {
  if (!runtime_thread::is_here()) {
    delete what;
    return;
  }
  what->core->gate->close();
  auto shared_core = what->core;
  if (!side_thread::of_ends().run([what] { delete what; }))
    shared_core->log(log_level::error,
                     "the runtime goes on: there is no thread to end it on",
                     {});
}

expected<bool> runtime::impl::stop(std::chrono::milliseconds deadline) {
  if (runtime_thread::is_here())
    return failure{errc::would_deadlock,
                   "stopping on one of the runtime's own threads"};
  // Who comes second waits for the end as well. A task that is dropped by it
  // may come back here, on this very thread.
  std::lock_guard guard{stopping};
  if (stopped)
    return *stopped;
  stopped = true;
  owner.reset();
  core->gate->close();
  cut_drains();
  auto now = std::chrono::steady_clock::now();
  auto all_ended = core->gate->wait_empty_or_hurry(now + deadline);
  if (system)
    cut_links();
  if (!all_ended)
    core->gate->wait_empty(std::chrono::steady_clock::now() + outcome_grace);
  if (system) {
    end_actors();
    // Parents are gone, their children may still be ending on these lanes.
    system->await_all_actors_done();
    empty_lanes();
  }
  system.reset();
  pool.stop();
  data.reset();
  lanes.clear();
  pool.discard();
  stopped = all_ended;
  return all_ended;
}

// Calls whose callers have gone hold places, which nobody shall wait for.
void runtime::impl::cut_drains() {
  for (auto& each : lanes)
    if (each.switchboard)
      caf::anon_send(each.switchboard, atom::cancel_v);
}

void runtime::impl::cut_links() {
  std::lock_guard guard{core->mutex};
  for (auto link : core->links)
    link->cancel_all("the runtime is stopping");
}

void runtime::impl::end_actors() {
  {
    std::lock_guard guard{core->mutex};
    for (auto link : core->links)
      link->cut();
    core->links.clear();
    core->store = nullptr;
    core->system = nullptr;
    core->directory = nullptr;
    core->platform = nullptr;
    core->gateway = nullptr;
    core->ledger = nullptr;
    core->desks.clear();
    core->clocks.clear();
  }
  for (auto& each : lanes)
    end_and_wait(*system, each.desk);
  for (auto& each : lanes)
    end_and_wait(*system, each.switchboard, each.resolver);
  end_and_wait(*system, directory, platform);
  end_and_wait(*system, ledger, gateway, quota);
  for (auto& each : lanes) {
    each.desk = nullptr;
    each.switchboard = nullptr;
    each.resolver = nullptr;
  }
  directory = nullptr;
  platform = nullptr;
  ledger = nullptr;
  gateway = nullptr;
  quota = nullptr;
}

// What a lane owns has pending operations on its loop, and a loop with work
// does not end; so it is destroyed there, on its own thread.
void runtime::impl::empty_lanes() {
  std::latch emptied{static_cast<std::ptrdiff_t>(lanes.size())};
  for (size_t i = 0; i < lanes.size(); ++i)
    pool.post(i, [&, i] {
      lanes[i].factory.reset();
      lanes[i].clock.reset();
      emptied.count_down();
    });
  emptied.wait();
}

} // namespace byollm
