// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/turn.hpp"

#include <memory>
#include <vector>

namespace byollm {

struct turn_desk_options {
  std::shared_ptr<const turn_parts> parts;
};

/// Keeps a loop's turn actors for reuse: a spawn costs more than all hops of a
/// call together (docs/benchmarks.md). Turns at a time are bounded by
/// admission, before any message is sent.
class turn_desk_state {
public:
  static inline constexpr const char* name = "turn_desk";

  explicit turn_desk_state(
    turn_desk_actor::stateful_pointer<turn_desk_state> self)
      : self_(self) {
    // nop
  }

  void start(turn_desk_options options);

  pooled_turn_actor borrow();

  void give_back(pooled_turn_actor turn);

  /// Forgets a turn that died while it was lent or free.
  void forget(const caf::actor_addr& who);

  void settle();

private:
  turn_desk_actor::stateful_pointer<turn_desk_state> self_;
  turn_desk_options options_;
  std::vector<pooled_turn_actor> all_;
  std::vector<pooled_turn_actor> free_;
};

turn_desk_actor::behavior_type
turn_desk(turn_desk_actor::stateful_pointer<turn_desk_state> self,
          turn_desk_options options);

} // namespace byollm
