// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"

#include <functional>
#include <utility>

namespace byollm {

/// Returns a read's place; null for one that goes on. Errors: `overloaded`.
expected<read_gate::place_ptr> begin_read(runtime_core& in, const reader& who);

/// Gives the place back and runs `tell` on a loop: on the store's own thread
/// that, and what the asker makes of it, would hold up every commit.
void end_read(const core_ptr& in, const read_gate::place_ptr& place,
              std::function<void()> tell);

/// Calls `read` with the store and whom to tell of a `From`, once there is a
/// place; it settles as what `convert` makes of it.
template <class T, class From = T, class Read, class Convert = std::identity>
pending<T> read_store(const admin_accessor::impl& by, Read read,
                      Convert convert = {}) {
  auto live = by.lock();
  if (!live.core)
    return settled<T>(failure{errc::stopping, "the runtime is stopping"});
  auto place = begin_read(*live.core, by.who);
  if (!place)
    return settled<T>(place.error());
  auto [state, made] = make_pending<T>();
  auto tell = [weak = std::weak_ptr{live.core}, state = state, place = *place,
               convert](expected<From> found) {
    end_read(weak.lock(), place,
             [state, convert, found = std::move(found)]() mutable {
               if (found)
                 state->settle(convert(*std::move(found)));
               else
                 state->settle(found.error());
             });
  };
  read(*live.core->store, reading<From>{std::move(tell), by.who.gone});
  return made;
}

} // namespace byollm
