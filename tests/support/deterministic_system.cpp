// SPDX-License-Identifier: Apache-2.0
#include "tests/support/deterministic_system.hpp"

#include <stdexcept>

namespace byollm {

deterministic_system::config::config() {
  set("scheduler.policy", caf::atom("testing"));
  set("logger.verbosity", caf::atom("quiet"));
}

deterministic_system::deterministic_system(uint64_t seed)
    : system_(config_), shuffled_(seed != 0), random_(seed) {
  // nop
}

deterministic_system::~deterministic_system() {
  for (auto& each : adopted_)
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  adopted_.clear();
  drain();
}

caf::scheduler::test_coordinator& deterministic_system::scheduler() {
  return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
}

size_t deterministic_system::pick(size_t bound) {
  return bound < 2 ? 0 : static_cast<size_t>(random_() % bound);
}

bool deterministic_system::step() {
  auto& jobs = scheduler().jobs;
  auto choices = jobs.size() + events_.size();
  if (choices == 0)
    return false;
  auto chosen = shuffled_ ? pick(choices) : 0;
  if (chosen < jobs.size()) {
    std::swap(jobs.front(), jobs[chosen]);
    scheduler().run_once();
    return true;
  }
  auto at = events_.begin() + static_cast<long>(chosen - jobs.size());
  auto event = std::move(*at);
  events_.erase(at);
  event();
  return true;
}

size_t deterministic_system::drain(size_t limit) {
  size_t steps = 0;
  while (step())
    if (++steps == limit)
      throw std::runtime_error("the system does not come to rest");
  return steps;
}

} // namespace byollm
