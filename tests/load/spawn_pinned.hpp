// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/loop/loop_scheduler.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace byollm::load {

/// Spawns an actor that stays on loop `index`. Requires the loop scheduler.
template <class Fun, class... Args>
auto spawn_pinned(caf::actor_system& system, size_t index, Fun fun,
                  Args... args) {
  auto& scheduler = static_cast<loop_scheduler&>(system.scheduler());
  caf::actor_config config{scheduler.pinned(index)};
  using impl = caf::infer_impl_from_fun_t<Fun>;
  caf::detail::init_fun_factory<impl, Fun> factory;
  config.init_fun = factory(std::move(fun), std::move(args)...);
  return system.spawn_impl<impl, caf::no_spawn_options>(config);
}

} // namespace byollm::load
