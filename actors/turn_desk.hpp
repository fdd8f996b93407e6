// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/turn.hpp"
#include "messages/limits.hpp"

#include <memory>
#include <unordered_map>
#include <vector>

namespace byollm {

struct turn_desk_options {
  std::shared_ptr<const turn_parts> parts;
  size_t turns_max = limits::turns_max;
};

/// Keeps a loop's turn actors for reuse: a spawn costs more than all hops of a
/// call together (docs/benchmarks.md). Lent at a time are at most `turns_max`:
/// a host may keep a turn for ever, and admission bounds calls only.
class turn_desk_state {
public:
  static inline constexpr const char* name = "turn_desk";

  explicit turn_desk_state(
    turn_desk_actor::stateful_pointer<turn_desk_state> self)
      : self_(self) {
    // nop
  }

  void start(turn_desk_options options);

  /// Returns null if too many are lent.
  pooled_turn_actor borrow();

  void give_back(pooled_turn_actor turn);

  /// Forgets a turn that died while it was lent or free.
  void forget(const caf::actor_addr& who);

  void settle();

private:
  turn_desk_actor::stateful_pointer<turn_desk_state> self_;
  turn_desk_options options_;
  std::unordered_map<caf::actor_id, pooled_turn_actor> all_;
  std::vector<pooled_turn_actor> free_;
};

turn_desk_actor::behavior_type
turn_desk(turn_desk_actor::stateful_pointer<turn_desk_state> self,
          turn_desk_options options);

} // namespace byollm
