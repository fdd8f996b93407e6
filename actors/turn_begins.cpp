// SPDX-License-Identifier: Apache-2.0
// How a turn's calls begin: checked, planned, and counted on what their
// extension's policy allows.
#include "actors/policy_rules.hpp"
#include "actors/request_rules.hpp"
#include "actors/running_call.hpp"
#include "actors/turn.hpp"
#include "messages/limits.hpp"

namespace byollm {

void turn_state::call(uint64_t generation, const shared<call_order>& order) {
  if (generation != generation_ || !pinned_ || ending_)
    return order->to->on_reply(
      failure{errc::unavailable, "the chat turn has ended"});
  if (calls_.count(order->call) != 0)
    return order->to->on_reply(
      failure{errc::call_conflict, "a call with this id is running"});
  auto made = std::make_shared<running_call>();
  made->order = order;
  calls_.emplace(order->call, made);
  made->deadline_alarm = ring_for(made, order->deadline);
  if (options_.parts->clock->now() >= order->deadline)
    return refuse(made, call_status::refused,
                  {errc::deadline_exceeded, "there is no time left"});
  if (pinned_->nobody.code != errc::none)
    return refuse(made, call_status::refused, pinned_->nobody);
  if (++calls_made_ > limits::calls_per_turn_max)
    return refuse(
      made, call_status::refused,
      {errc::limit_exceeded, "a turn makes at most 1,000 calls", "calls"});
  if (auto valid = check_order(*order); !valid)
    return refuse(made, call_status::validation_rejected, valid.error());
  plan(made);
}

void turn_state::allow(const call_ptr& call) {
  const auto& policy = pinned_->on->policy;
  if (!policy || !policy->has_allowance())
    return attempt(call);
  call->at = call_step::allowing;
  auto use = std::make_shared<const allowance_use>(
    allowance_use{pinned_->context, policy});
  self_
    ->request(options_.parts->quota, caf::infinite, atom::admit_v,
              std::move(use))
    .then(
      [this, call](const answer<unit>& may) { allowed(call, *may); },
      [this, call](caf::error&) {
        allowed(call, failure{errc::unavailable, "the quota's actor ended"});
      });
}

void turn_state::allowed(const call_ptr& call, const status& may) {
  // A call that was cancelled meanwhile has its end.
  if (call->at != call_step::allowing)
    return;
  if (!may)
    return not_sent(call, may.error());
  attempt(call);
}

void turn_state::spend(const outcome_record& outcome) {
  const auto& policy = pinned_->on->policy;
  if (policy && policy->tokens_per_day)
    self_->send(options_.parts->quota, atom::spend_v,
                std::make_shared<const allowance_use>(allowance_use{
                  pinned_->context, policy, tokens_spent(outcome)}));
}

} // namespace byollm
