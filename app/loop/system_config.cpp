// SPDX-License-Identifier: Apache-2.0
#include "app/loop/system_config.hpp"

#include "app/loop/loop_scheduler.hpp"

#include <caf/actor_system.hpp>

namespace byollm {

system_config::system_config(loop_pool& pool) {
  module_factories.push_back(
    [&pool](caf::actor_system& system) -> caf::actor_system::module* {
      return new loop_scheduler(system, pool);
    });
  set("scheduler.max-throughput", size_t{50}); // CAF's default is unlimited
}

} // namespace byollm
