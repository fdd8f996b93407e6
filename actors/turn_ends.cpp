// SPDX-License-Identifier: Apache-2.0
// How a turn's calls end: refused, stopped, answered, or cut off with the
// actor.
#include "actors/outcome_rules.hpp"
#include "actors/running_call.hpp"
#include "actors/turn.hpp"
#include "messages/limits.hpp"

namespace byollm {

alarm_clock::alarm_id
turn_state::ring_at(alarm_clock::time_point when,
                    std::function<void(const turn_actor&)> message) {
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(handle());
  return options_.parts->clock->set(when, [weak, message = std::move(message)] {
    if (auto to = caf::actor_cast<turn_actor>(weak))
      message(to);
  });
}

void turn_state::cancel(uint64_t generation, const std::string& id,
                        failure why) {
  auto it = calls_.find(id);
  if (generation != generation_ || it == calls_.end())
    return;
  auto call = it->second;
  // Whatever else it was stopped for before.
  if (call->at == call_step::recording && why.code == errc::deadline_exceeded)
    tell_not_durable(call);
  if (call->stop)
    return;
  call->stop = std::move(why);
  switch (call->at) {
  case call_step::leasing:
    return; // answered at once: ends when that answer is here
  case call_step::waiting:
  case call_step::allowing:
    return not_sent(call, *call->stop);
  case call_step::running:
    self_->send(options_.parts->switchboard, atom::cancel_v,
                call->plan->target->isolation_key(), call->receipt);
    return tell_cancelled(call);
  case call_step::intent:
    // The ledger may hang for long; the caller does not wait for it, and the
    // intent, once durable, is not used. Until then the ledger does not know
    // the call's id, so it must not be asked for again.
    return call->order->to->on_early_reply(*call->stop);
  case call_step::recording:
    return; // ends when that is durable
  }
}

// From here on the ledger alone is waited for. Whose time is up already gets so
// much more: the reply says why, and a disk that answers is in time.
void turn_state::start_recording(const call_ptr& call) {
  call->at = call_step::recording;
  auto now = options_.parts->clock->now();
  if (now < call->order->deadline)
    return;
  if (call->deadline_alarm)
    options_.parts->clock->cancel(*call->deadline_alarm);
  call->deadline_alarm = ring_for(call, now + limits::ledger_stall);
}

alarm_clock::alarm_id turn_state::ring_for(const call_ptr& call,
                                           alarm_clock::time_point when) {
  return ring_at(when, [generation = generation_,
                        id = call->order->call](const turn_actor& to) {
    caf::anon_send(to, atom::expired_v, generation, id);
  });
}

void turn_state::tell_not_durable(const call_ptr& call) {
  failure why{errc::audit_unavailable, "the outcome is not durable yet"};
  why.sent = call->receipt ? certainty::maybe : certainty::no;
  call->order->to->on_early_reply(std::move(why));
}

// What the platform pays for is read on for its usage. Who cancelled waits
// neither for that nor for its record: of the answer this says nothing.
void turn_state::tell_cancelled(const call_ptr& call) {
  if (call->plan->target->is_byollm() || call->stop->code != errc::cancelled)
    return;
  auto why = *call->stop;
  why.sent = certainty::maybe;
  call->order->to->on_early_reply(std::move(why));
}

void turn_state::cancel_all(uint64_t generation, const failure& why) {
  std::vector<std::string> ids;
  for (const auto& [id, _] : calls_)
    ids.push_back(id);
  for (const auto& id : ids)
    cancel(generation, id, why);
}

// Ends a call that sent nothing in its present attempt.
void turn_state::not_sent(const call_ptr& call, failure why) {
  if (call->retry_alarm)
    options_.parts->clock->cancel(*call->retry_alarm);
  call->retry_alarm.reset();
  if (call->receipt) {
    attempt_report report;
    report.outcome.why = std::move(why);
    return have_report(
      call, std::make_shared<const attempt_report>(std::move(report)));
  }
  if (call->failed.empty())
    return refuse(call,
                  why.code == errc::cancelled ? call_status::cancelled
                                              : call_status::refused,
                  std::move(why));
  finish(call, std::move(why));
}

// Ends a call that made no attempt: one row in the ledger, no intent.
void turn_state::refuse(const call_ptr& call, call_status as, failure why) {
  start_recording(call);
  auto record = std::make_shared<const refusal_record>(refusal_record{
    pinned_->context, call->order->call, call->order->request->purpose, as, why,
    call->order->received_unix_ms});
  self_->request(options_.parts->ledger, caf::infinite, atom::refusal_v, record)
    .then([this, call, why](const answer<unit>&) { finish(call, why); },
          [this, call, why](caf::error&) { finish(call, why); });
}

void turn_state::finish(const call_ptr& call, expected<message_reply> what) {
  if (call->deadline_alarm)
    options_.parts->clock->cancel(*call->deadline_alarm);
  call->order->to->on_reply(std::move(what));
  calls_.erase(call->order->call);
  if (ending_ && calls_.empty())
    release();
}

// The turn dies with this call open: nothing may stay without an answer, nor an
// intent without an outcome.
void turn_state::abandon(const call_ptr& call) {
  for (auto& alarm : {call->deadline_alarm, call->retry_alarm})
    if (alarm)
      options_.parts->clock->cancel(*alarm);
  failure why{errc::unavailable, "the chat turn's actor ended"};
  // At the intent step the intent may yet become durable; the ledger keeps the
  // order, so the outcome comes after it.
  auto open = call->receipt || call->at == call_step::intent;
  if (open && call->at != call_step::recording) {
    auto running = call->at == call_step::running;
    attempt_report report;
    report.outcome.why = why;
    report.outcome.sent = running ? certainty::maybe : certainty::no;
    report.outcome.why.sent = report.outcome.sent;
    caf::anon_send(options_.parts->ledger, atom::outcome_v,
                   std::make_shared<const outcome_record>(make_outcome(
                     call->intent, report, options_.parts->clock->unix_ms())));
    if (running)
      caf::anon_send(options_.parts->switchboard, atom::cancel_v,
                     call->plan->target->isolation_key(), call->receipt);
  }
  // Nobody will know when the intent is durable, so nobody frees the id.
  if (call->at == call_step::intent)
    call->order->to->on_early_reply(std::move(why));
  else
    call->order->to->on_reply(std::move(why));
}

void turn_state::settle() {
  for (auto& [_, call] : std::exchange(calls_, {}))
    abandon(call);
  borrower_.reset();
}

} // namespace byollm
