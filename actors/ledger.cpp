// SPDX-License-Identifier: Apache-2.0
#include "actors/ledger.hpp"

#include "actors/house_rules.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

/// The only maker of receipts in the product: here, after a commit.
class receipt_office {
public:
  static intent_receipt_ptr issue(std::string call, uint32_t attempt,
                                  uint64_t seq) {
    return intent_receipt_ptr{
      new intent_receipt(std::move(call), attempt, seq)};
  }
};

namespace {

failure audit_gone() {
  return {errc::audit_unavailable, "the ledger is not available"};
}

} // namespace

void ledger_state::start(ledger_options options) {
  options_ = std::move(options);
  shown_waiting_.emplace(options_.gauges, &runtime_gauges::ledger_waiting);
}

// The ledger has nothing of it.
failure ledger_state::turn_away(failure why) const {
  if (options_.watch)
    options_.watch->turned_away(why);
  return why;
}

void ledger_state::count(size_t waiting) {
  waiting_ = waiting;
  shown_waiting_->set(waiting);
}

caf::result<answer<intent_receipt_ptr>>
ledger_state::intent(const shared<intent_record>& record) {
  if (waiting_ >= limits::ledger_intents_waiting_max)
    return refused<intent_receipt_ptr>(turn_away(audit_gone()));
  // Beside outcomes the store would have to take it.
  if (auto taken = options_.store->takes_intents(); !taken)
    return refused<intent_receipt_ptr>(turn_away(std::move(taken).error()));
  auto to = self_->make_response_promise<intent_promise>();
  enqueue(waiting_intent{to, record});
  return to;
}

caf::result<answer<unit>>
ledger_state::append(const shared<outcome_record>& record) {
  auto to = self_->make_response_promise<plain_promise>();
  enqueue(waiting_record<outcome_record>{to, record});
  return to;
}

caf::result<answer<unit>>
ledger_state::append(const shared<refusal_record>& record) {
  // Like intents, or refusals might take the outcomes' room.
  if (waiting_ >= limits::ledger_intents_waiting_max)
    return refused<unit>(turn_away(audit_gone()));
  auto to = self_->make_response_promise<plain_promise>();
  enqueue(waiting_record<refusal_record>{to, record});
  return to;
}

void ledger_state::enqueue(waiter who) {
  count(waiting_ + 1);
  next_.push_back(std::move(who));
  if (!std::exchange(gathering_, true))
    self_->send(ledger_actor{self_}, atom::commit_v);
}

void ledger_state::commit() {
  gathering_ = false;
  hand_over(std::exchange(next_, {}));
}

void ledger_state::hand_over(std::vector<waiter> waiters) {
  std::vector<ledger_entry> entries;
  entries.reserve(waiters.size());
  for (const auto& who : waiters)
    std::visit([&](const auto& x) { entries.emplace_back(x.what); }, who);
  auto number = ++batches_;
  under_way_.push_back({number, std::move(waiters)});
  // The store's thread must not keep this actor alive, nor find it gone.
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(ledger_actor{self_});
  options_.store->append(
    std::move(entries), [weak, number](expected<uint64_t> first) {
      if (auto to = caf::actor_cast<ledger_actor>(weak))
        caf::anon_send(
          to, atom::stored_v, number,
          std::make_shared<const expected<uint64_t>>(std::move(first)));
    });
}

void ledger_state::show(const waiter& who) const noexcept {
  auto& watch = *options_.watch;
  if (auto intent = std::get_if<waiting_intent>(&who))
    watch.begun(*intent->what);
  else if (auto outcome = outcome_of(who))
    watch.ended(**outcome);
  else
    watch.refused(*std::get<waiting_record<refusal_record>>(who).what);
}

void ledger_state::tell(waiter& who, const expected<uint64_t>& seq) {
  if (!seq)
    return lose(who, seq.error());
  if (options_.watch)
    show(who);
  if (auto intent = std::get_if<waiting_intent>(&who))
    intent->to.deliver(answered(
      receipt_office::issue(intent->what->call, intent->what->attempt, *seq)));
  else if (auto outcome = std::get_if<waiting_record<outcome_record>>(&who))
    outcome->to.deliver(answered(unit{}));
  else if (auto refusal = std::get_if<waiting_record<refusal_record>>(&who))
    refusal->to.deliver(answered(unit{}));
}

void ledger_state::lose(waiter& who, failure why) {
  // Ours to explain, not the caller's request to mend.
  if (why.code == errc::invalid_request)
    why.code = errc::audit_unavailable;
  else
    owe(who);
  if (std::holds_alternative<owed_outcome>(who))
    return;
  why = turn_away(std::move(why));
  if (auto intent = std::get_if<waiting_intent>(&who))
    intent->to.deliver(refused<intent_receipt_ptr>(std::move(why)));
  else if (auto outcome = std::get_if<waiting_record<outcome_record>>(&who))
    outcome->to.deliver(refused<unit>(std::move(why)));
  else
    std::get<waiting_record<refusal_record>>(who).to.deliver(
      refused<unit>(std::move(why)));
}

const shared<outcome_record>* ledger_state::outcome_of(const waiter& who) {
  if (auto outcome = std::get_if<waiting_record<outcome_record>>(&who))
    return &outcome->what;
  auto owed = std::get_if<owed_outcome>(&who);
  return owed ? &owed->what : nullptr;
}

// While its intent is open, each start reads all that came after it.
void ledger_state::owe(const waiter& who) {
  auto outcome = outcome_of(who);
  if (outcome && owed_.size() < limits::ledger_owed_max)
    owed_.push_back(*outcome);
}

void ledger_state::retry_owed() {
  for (auto& outcome : std::exchange(owed_, {}))
    enqueue(owed_outcome{std::move(outcome)});
}

void ledger_state::stored(uint64_t number, const expected<uint64_t>& first) {
  // The first, as a rule.
  auto found = std::ranges::find(under_way_, number, &batch::number);
  if (found == under_way_.end())
    return;
  auto waiters = std::move(found->waiters);
  under_way_.erase(found);
  if (!first && first.error().code == errc::invalid_request
      && (waiters.size() > 1 || number <= split_at_))
    return split(std::move(waiters));
  count(waiting_ - waiters.size());
  for (size_t i = 0; i < waiters.size(); ++i)
    tell(waiters[i], first ? expected<uint64_t>{*first + i} : first);
  // It takes records, so it may take these.
  if (first)
    retry_owed();
}

// One of them cannot be recorded; the others must not suffer for it. Nor must
// what was handed over in the meantime, and may need one of them: it is given
// another try, too.
void ledger_state::split(std::vector<waiter> waiters) {
  if (waiters.size() > 1)
    split_at_ = batches_;
  for (auto& who : waiters) {
    std::vector<waiter> alone;
    alone.push_back(std::move(who));
    hand_over(std::move(alone));
  }
}

void ledger_state::settle() {
  for (const auto& who : next_)
    owe(who);
  // Each alone: one whose intent never became durable takes none along.
  for (auto& outcome : std::exchange(owed_, {}))
    options_.store->append({ledger_entry{std::move(outcome)}},
                           [](const expected<uint64_t>&) {});
  under_way_.push_back({++batches_, std::exchange(next_, {})});
  for (auto& lost : std::exchange(under_way_, {}))
    for (auto& who : lost.waiters)
      tell(who, audit_gone());
}

ledger_actor::behavior_type
ledger(ledger_actor::stateful_pointer<ledger_state> self,
       ledger_options options) {
  adopt_house_rules(self, options.log, [self] { self->state.settle(); });
  self->state.start(std::move(options));
  return {
    // -- from turns ---------------------------------------------------------
    [self](atom::intent, const shared<intent_record>& record) {
      return self->state.intent(record);
    },
    [self](atom::outcome, const shared<outcome_record>& record) {
      return self->state.append(record);
    },
    [self](atom::refusal, const shared<refusal_record>& record) {
      return self->state.append(record);
    },
    // -- from the store's thread --------------------------------------------
    [self](atom::commit) { self->state.commit(); },
    [self](atom::stored, uint64_t batch, const answer<uint64_t>& first) {
      self->state.stored(batch, *first);
    },
  };
}

} // namespace byollm
