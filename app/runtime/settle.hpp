// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/pending.hpp"
#include "app/runtime/later.hpp"
#include "messages/protocol/payload.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/logger.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace byollm {

/// Returns the two ends of a `pending`.
template <class T>
auto make_pending() {
  auto state = std::make_shared<typename pending<T>::state>();
  return std::pair{state, pending<T>{state}};
}

/// Returns a `pending` that is settled already.
template <class T>
pending<T> settled(expected<T> value) {
  auto [state, made] = make_pending<T>();
  state->settle(std::move(value));
  return made;
}

/// Returns what settles `state` on a loop: the store calls back on its own
/// thread, where a host's callback would hold up every commit.
template <class T>
std::function<void(expected<T>)>
settle_soon(const core_ptr& core,
            std::shared_ptr<typename pending<T>::state> state) {
  return [weak = std::weak_ptr{core}, state](expected<T> value) {
    soon(weak.lock(), [state, value = std::move(value)]() mutable {
      state->settle(std::move(value));
    });
  };
}

/// To be called behind each spawn on a host's thread: it sets CAF's
/// thread-local logger, and an actor system does not end before its logger, so
/// that thread's life would keep another one from stopping the runtime.
inline void forget_logger() noexcept {
  caf::logger::set_current_actor_system(nullptr);
}

/// Asks an actor from outside and tells `done` once: the reply, or nothing if
/// the actor is gone. Spawns an actor, so not for the path of a call.
template <class Reply, class Handle, class... Args>
void ask(caf::actor_system& system, const Handle& to,
         std::function<void(const Reply*)> done, Args... args) {
  system.spawn(
    [to, done = std::move(done), args...](caf::event_based_actor* self) {
      self->request(to, caf::infinite, args...)
        .then([done](const Reply& reply) { done(&reply); },
              [done](caf::error&) { done(nullptr); });
    });
  forget_logger();
}

} // namespace byollm
