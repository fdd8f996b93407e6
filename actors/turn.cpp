// SPDX-License-Identifier: Apache-2.0
#include "actors/turn.hpp"

#include "actors/cascade.hpp"
#include "actors/house_rules.hpp"
#include "actors/outcome_rules.hpp"
#include "actors/relay.hpp"
#include "actors/running_call.hpp"
#include "messages/limits.hpp"

namespace byollm {

namespace {

failure callee_gone() {
  return {errc::unavailable, "a part of the runtime ended"};
}

failure turn_over() {
  return {errc::unavailable, "the chat turn has ended"};
}

} // namespace

turn_state::turn_state(pooled_turn_actor::stateful_pointer<turn_state> self)
    : self_(self) {
  // nop
}

turn_state::~turn_state() = default;

void turn_state::start(turn_options options) {
  options_ = std::move(options);
}

// -- the turn -----------------------------------------------------------------

void turn_state::begin(const shared<call_context>& context,
                       turn_borrower_ptr borrower) {
  ++generation_;
  ending_ = false;
  calls_made_ = 0;
  borrower_ = std::move(borrower);
  if (context->platform_only)
    return pin(context, std::make_shared<const user_lookup>());
  self_
    ->request(options_.parts->directory, caf::infinite, atom::lookup_v, context)
    .then(
      [this, context](const shared<user_lookup>& user) { pin(context, user); },
      [this, context](caf::error&) {
        pin(context, std::make_shared<const user_lookup>(user_lookup{
                       user_lookup::state::broken,
                       nullptr,
                       {errc::config_unavailable, callee_gone().detail}}));
      });
}

void turn_state::pin(const shared<call_context>& context,
                     const shared<user_lookup>& user) {
  self_
    ->request(options_.parts->resolver, caf::infinite, atom::pin_v, context,
              user)
    .then([this](const shared<pinned_turn>& what) { pinned(what); },
          [this, context](caf::error&) {
            pinned_turn nobody{context};
            nobody.nobody = callee_gone();
            pinned(std::make_shared<const pinned_turn>(std::move(nobody)));
          });
}

void turn_state::pinned(const shared<pinned_turn>& what) {
  pinned_ = what;
  const auto& parts = *options_.parts;
  budget_
    = parts.retries->of(what->context->who.tenant.str(), parts.clock->now());
  if (auto to = std::exchange(borrower_, nullptr))
    to->lent(handle(), generation_, what);
}

void turn_state::end(uint64_t generation) {
  if (generation != generation_)
    return;
  ending_ = true;
  if (calls_.empty())
    release();
}

void turn_state::release() {
  ++generation_;
  pinned_.reset();
  budget_.reset();
  if (auto desk = caf::actor_cast<turn_desk_actor>(options_.desk))
    self_->send(desk, atom::idle_v, pooled_turn_actor{self_});
}

answer<attempt_plan> turn_state::explain(uint64_t generation,
                                         const call_order& order) {
  if (generation != generation_ || !pinned_ || !pinned_->on)
    return refused<attempt_plan>(turn_over());
  return std::make_shared<const expected<attempt_plan>>(next(order, {}, true));
}

// -- the steps of a call ------------------------------------------------------

expected<attempt_plan>
turn_state::next(const call_order& order,
                 const std::vector<failed_attempt>& failed,
                 bool may_retry) const {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
    order.deadline - options_.parts->clock->now());
  return next_attempt({pinned_->on, order.request, failed, left,
                       options_.parts->random(), order.received_unix_ms,
                       order.kind, order.single, may_retry});
}

void turn_state::plan(const call_ptr& call) {
  auto made = plan_within_budget(call);
  if (!made)
    return not_sent(call, made.error());
  auto plan = std::make_shared<const attempt_plan>(*std::move(made));
  auto before = std::exchange(call->plan, plan);
  if (before && plan->target->provider() != before->target->provider()
      && options_.parts->log)
    options_.parts->log(log_level::warning, "falling back",
                        {{"call", call->order->call},
                         {"from", before->target->provider()},
                         {"to", plan->target->provider()}});
  if (plan->delay.count() == 0)
    return before ? attempt(call) : allow(call);
  call->at = call_step::waiting;
  call->retry_alarm = ring_at(
    options_.parts->clock->now() + plan->delay,
    [generation = generation_, id = call->order->call](const turn_actor& to) {
      caf::anon_send(to, atom::retry_v, generation, id);
    });
}

void turn_state::retry(uint64_t generation, const std::string& id) {
  auto it = calls_.find(id);
  if (generation != generation_ || it == calls_.end()
      || it->second->at != call_step::waiting)
    return;
  auto call = it->second;
  call->retry_alarm.reset();
  attempt(call);
}

void turn_state::attempt(const call_ptr& call) {
  const auto& plan = *call->plan;
  const auto& who = pinned_->context->who;
  // A test of the platform's own LLM is on nobody's balance.
  if (!plan.target->is_byollm() && options_.parts->balances
      && !pinned_->context->platform_only
      && !options_.parts->balances->may_pay(who.tenant, who.user))
    return not_sent(
      call, {errc::balance_exhausted, "the platform's LLM is not paid for"});
  call->at = call_step::intent;
  call->receipt.reset();
  ++call->attempts;
  auto record = std::make_shared<intent_record>();
  record->context = pinned_->context;
  record->call = call->order->call;
  record->attempt = call->attempts;
  record->purpose = call->order->request->purpose;
  record->target = plan.target;
  record->model = plan.model;
  record->asked = plan.who;
  record->fallback_from = plan.fallback_from;
  record->params = plan.provenances;
  record->prices = {pinned_->on, &pinned_->on->platform->prices};
  record->request = call->order->request;
  record->kind = call->order->kind;
  record->embed = call->order->embed;
  record->received_unix_ms = call->order->received_unix_ms;
  record->deadline_unix_ms = call->order->deadline_unix_ms;
  call->intent = record;
  self_
    ->request(options_.parts->ledger, caf::infinite, atom::intent_v,
              call->intent)
    .then(
      [this, call](const answer<intent_receipt_ptr>& receipt) {
        have_receipt(call, *receipt);
      },
      [this, call](caf::error&) {
        have_receipt(
          call, failure{errc::audit_unavailable, "the ledger's actor ended"});
      });
}

void turn_state::have_receipt(const call_ptr& call,
                              const expected<intent_receipt_ptr>& receipt) {
  // Without a durable intent there is nothing to send and nothing to record.
  if (!receipt)
    return finish(call, receipt.error());
  call->receipt = *receipt;
  call->at = call_step::leasing;
  self_
    ->request(options_.parts->gateway, caf::infinite, atom::lease_v,
              call->plan->target, call->receipt)
    .then(
      [this, call](const answer<lease_ticket_ptr>& ticket) {
        have_ticket(call, *ticket);
      },
      [this, call](caf::error&) { have_ticket(call, callee_gone()); });
}

std::string turn_state::traceparent_of(const intent_record& intent) const {
  auto watch = options_.parts->watch;
  return watch ? watch->traceparent(intent) : std::string{};
}

void turn_state::have_ticket(const call_ptr& call,
                             const expected<lease_ticket_ptr>& ticket) {
  if (call->stop)
    return not_sent(call, *call->stop);
  if (!ticket)
    return not_sent(call, ticket.error());
  call->at = call_step::running;
  attempt_order order{
    {*ticket, call->order->request, call->plan->model, call->plan->params,
     call->order->stream, call->order->deadline, call->order->kind,
     call->order->embed, traceparent_of(*call->intent)},
    std::make_shared<relay>(handle(), call->receipt, call->order->to),
    pinned_->context->origin.source == turn_source::test};
  self_->send(options_.parts->switchboard, atom::run_v,
              std::make_shared<const attempt_order>(std::move(order)));
}

void turn_state::ended(const intent_receipt& receipt,
                       const shared<attempt_report>& report) {
  auto it = calls_.find(receipt.call());
  // A late end, of an attempt that this turn has settled, meets no other.
  if (it != calls_.end() && it->second->at == call_step::running
      && it->second->receipt->seq() == receipt.seq())
    have_report(call_ptr{it->second}, report);
}

void turn_state::have_report(const call_ptr& call,
                             const shared<attempt_report>& report) {
  start_recording(call);
  auto told = report;
  // The transport only knows that it was cancelled; we know why.
  if (call->stop && report->outcome.why.code == errc::cancelled) {
    auto copy = *report;
    copy.outcome.why.code = call->stop->code;
    copy.outcome.why.detail = call->stop->detail;
    told = std::make_shared<const attempt_report>(std::move(copy));
  }
  auto record = std::make_shared<const outcome_record>(
    make_outcome(call->intent, *told, options_.parts->clock->unix_ms()));
  call->cost_micro = record->bill.micro;
  spend(*record);
  self_->request(options_.parts->ledger, caf::infinite, atom::outcome_v, record)
    .then([this, call,
           told](const answer<unit>& done) { recorded(call, *told, *done); },
          [this, call, told](caf::error&) {
            recorded(
              call, *told,
              failure{errc::audit_unavailable, "the ledger's actor ended"});
          });
}

void turn_state::recorded(const call_ptr& call, const attempt_report& report,
                          const status& done) {
  call->receipt.reset();
  const auto& outcome = report.outcome;
  if (!done) {
    auto why = done.error();
    why.sent = outcome.sent;
    return finish(call, std::move(why));
  }
  if (outcome.why.code != errc::none) {
    call->failed.push_back(
      {call->plan->who, outcome.why, report.caller_saw_bytes});
    if (call->stop)
      return finish(call, outcome.why);
    return plan(call);
  }
  auto reply = outcome.reply;
  const auto& target = *call->plan->target;
  reply.provider = target.provider();
  reply.is_byollm = target.is_byollm();
  reply.billing = target.billing();
  reply.cost_micro = call->cost_micro;
  reply.params = call->plan->provenances;
  reply.call = call->order->call;
  reply.turn = pinned_->context->turn.str();
  reply.attempts = call->attempts;
  reply.fallback_from = call->plan->fallback_from;
  finish(call, std::move(reply));
}

pooled_turn_actor::behavior_type
turn(pooled_turn_actor::stateful_pointer<turn_state> self,
     turn_options options) {
  adopt_house_rules(self, options.parts->log, [self] { self->state.settle(); });
  self->state.start(std::move(options));
  return {
    // -- from the borrower --------------------------------------------------
    [self](atom::call, uint64_t generation, const shared<call_order>& order) {
      self->state.call(generation, order);
    },
    [self](atom::cancel, uint64_t generation, const std::string& call) {
      self->state.cancel(generation, call,
                         {errc::cancelled, "the caller cancelled"});
    },
    [self](atom::cancel, uint64_t generation, const shared<failure>& why) {
      self->state.cancel_all(generation, *why);
    },
    [self](atom::plan, uint64_t generation, const shared<call_order>& order) {
      return self->state.explain(generation, *order);
    },
    [self](atom::end_turn, uint64_t generation) {
      self->state.end(generation);
    },
    // -- INTERNAL -----------------------------------------------------------
    [self](atom::expired, uint64_t generation, const std::string& call) {
      self->state.cancel(generation, call,
                         {errc::deadline_exceeded, "the call's time is up"});
    },
    [self](atom::retry, uint64_t generation, const std::string& call) {
      self->state.retry(generation, call);
    },
    [self](atom::ended, const shared<intent_receipt>& receipt,
           const shared<attempt_report>& report) {
      self->state.ended(*receipt, report);
    },
    // -- from the desk ------------------------------------------------------
    [self](atom::begin_turn, const shared<call_context>& context,
           turn_borrower_ptr& borrower) {
      self->state.begin(context, std::move(borrower));
    },
  };
}

} // namespace byollm
