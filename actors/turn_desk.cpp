// SPDX-License-Identifier: Apache-2.0
#include "actors/turn_desk.hpp"

#include "actors/house_rules.hpp"
#include "messages/limits.hpp"

namespace byollm {

namespace {

void refuse(const shared<call_context>& context, turn_borrower& borrower) {
  pinned_turn nobody{context};
  nobody.nobody = {errc::overloaded, "too many chat turns are open"};
  borrower.lent(turn_actor{}, 0,
                std::make_shared<const pinned_turn>(std::move(nobody)));
}

} // namespace

void turn_desk_state::start(turn_desk_options options) {
  options_ = std::move(options);
}

pooled_turn_actor turn_desk_state::borrow() {
  if (!free_.empty()) {
    auto lent = std::move(free_.back());
    free_.pop_back();
    return lent;
  }
  if (all_.size() >= options_.turns_max)
    return {};
  auto desk = caf::actor_cast<caf::weak_actor_ptr>(turn_desk_actor{self_});
  auto made = self_->spawn(turn, turn_options{options_.parts, desk});
  self_->monitor(made);
  all_.emplace(made.id(), made);
  return made;
}

void turn_desk_state::give_back(pooled_turn_actor back) {
  if (free_.size() < limits::turns_free_max)
    return free_.push_back(std::move(back));
  self_->demonitor(back.address());
  self_->send_exit(back, caf::exit_reason::user_shutdown);
  all_.erase(back.id());
}

void turn_desk_state::forget(const caf::actor_addr& who) {
  all_.erase(who.id());
  std::erase_if(free_, [&](const auto& x) { return x.address() == who; });
}

void turn_desk_state::settle() {
  for (auto& [_, each] : std::exchange(all_, {}))
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
      if (auto to = self->state.borrow())
        self->send(to, atom::begin_turn_v, context, borrower);
      else
        refuse(context, *borrower);
    },
    [self](atom::idle, const pooled_turn_actor& back) {
      self->state.give_back(back);
    },
  };
}

} // namespace byollm
