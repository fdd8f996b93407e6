// SPDX-License-Identifier: Apache-2.0
#include "actors/turn_desk.hpp"

#include "actors/house_rules.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

void turn_desk_state::start(turn_desk_options options) {
  options_ = std::move(options);
}

pooled_turn_actor turn_desk_state::borrow() {
  if (!free_.empty()) {
    auto lent = std::move(free_.back());
    free_.pop_back();
    return lent;
  }
  auto desk = caf::actor_cast<caf::weak_actor_ptr>(turn_desk_actor{self_});
  auto made = self_->spawn(turn, turn_options{options_.parts, desk});
  self_->monitor(made);
  all_.push_back(made);
  return made;
}

void turn_desk_state::give_back(pooled_turn_actor back) {
  if (free_.size() < limits::turns_free_max)
    free_.push_back(std::move(back));
  else
    self_->send_exit(back, caf::exit_reason::user_shutdown);
}

void turn_desk_state::forget(const caf::actor_addr& who) {
  for (auto* list : {&all_, &free_})
    list->erase(
      std::remove_if(list->begin(), list->end(),
                     [&](const auto& x) { return x.address() == who; }),
      list->end());
}

void turn_desk_state::settle() {
  for (auto& each : std::exchange(all_, {}))
    self_->send_exit(each, caf::exit_reason::user_shutdown);
  free_.clear();
}

turn_desk_actor::behavior_type
turn_desk(turn_desk_actor::stateful_pointer<turn_desk_state> self,
          turn_desk_options options) {
  adopt_house_rules(self, options.parts->log, [self] { self->state.settle(); });
  self->set_down_handler(
    [self](caf::down_msg& down) { self->state.forget(down.source); });
  self->state.start(std::move(options));
  return {
    [self](atom::begin_turn, const shared<call_context>& context,
           const turn_borrower_ptr& borrower) {
      self->send(self->state.borrow(), atom::begin_turn_v, context, borrower);
    },
    [self](atom::idle, const pooled_turn_actor& back) {
      self->state.give_back(back);
    },
  };
}

} // namespace byollm
