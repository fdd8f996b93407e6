// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/log.hpp"

#include <caf/error.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <exception>

namespace byollm {

/// What every actor of ours does on exit, on a bug, and on a stray message.
/// CAF's defaults print to stdout, which a library must not do, and lose open
/// replies. `settle` must answer everything that is still open; it runs at most
/// once per cause and before the actor's state is gone.
template <class Self, class Settle>
void adopt_house_rules(Self* self, log_fn log, Settle settle) {
  self->set_exit_handler([self, settle](caf::exit_msg& why) {
    settle();
    self->quit(std::move(why.reason));
  });
  self->set_down_handler([](caf::scheduled_actor*, caf::down_msg&) {
    // nop
  });
  self->set_exception_handler(
    [log, settle](caf::scheduled_actor* dying, std::exception_ptr&) {
      // The text of an exception may quote input, so only the place is told.
      if (log)
        log(log_level::error, "an actor died of an exception",
            {{"actor", dying->name()}});
      settle();
      return caf::error{caf::sec::runtime_error};
    });
}

} // namespace byollm
