// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/protocol/interfaces.hpp"

#include <caf/actor_system_config.hpp>

namespace byollm {

class loop_pool;

/// CAF, set up for use inside somebody else's process: no command line, no
/// configuration file, no output, actors on `pool`'s loops.
class system_config : public caf::actor_system_config {
public:
  explicit system_config(loop_pool& pool);
};

} // namespace byollm
