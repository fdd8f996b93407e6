// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace byollm {

/// Makes a port callback that, on whatever thread it is called, sends its
/// argument back into the actor and runs `go_on` there. Holds the actor weakly:
/// if it is gone, the answer is dropped. `go_on` may use the actor's state.
template <class Handle, class Arg, class GoOn>
std::function<void(Arg)> post_back(const Handle& self, GoOn go_on) {
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(self);
  return [weak, go_on](Arg value) {
    auto to = caf::actor_cast<Handle>(weak);
    if (!to)
      return;
    auto held = std::make_shared<Arg>(std::move(value));
    caf::anon_send(
      to, atom::resume_v,
      continuation{std::make_shared<const std::function<void()>>(
        [go_on = go_on, held]() mutable { go_on(std::move(*held)); })});
  };
}

} // namespace byollm
