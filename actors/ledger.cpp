// SPDX-License-Identifier: Apache-2.0
#include "actors/ledger.hpp"

#include "actors/house_rules.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <iterator>

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
}

caf::result<answer<intent_receipt_ptr>>
ledger_state::intent(const shared<intent_record>& record) {
  if (next_.size() >= limits::ledger_waiting_max)
    return refused<intent_receipt_ptr>(audit_gone());
  // Beside outcomes the store would have to take it.
  if (auto taken = options_.store->takes_intents(); !taken)
    return refused<intent_receipt_ptr>(std::move(taken).error());
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
  auto to = self_->make_response_promise<plain_promise>();
  enqueue(waiting_record<refusal_record>{to, record});
  return to;
}

void ledger_state::enqueue(waiter who) {
  next_.push_back(std::move(who));
  if (!std::exchange(committing_, true))
    self_->send(ledger_actor{self_}, atom::commit_v);
}

void ledger_state::commit() {
  if (apart_.empty()) {
    under_way_ = std::exchange(next_, {});
  } else {
    under_way_.push_back(std::move(apart_.front()));
    apart_.pop_front();
  }
  std::vector<ledger_entry> batch;
  batch.reserve(under_way_.size());
  for (const auto& who : under_way_)
    std::visit([&](const auto& x) { batch.emplace_back(x.what); }, who);
  // The store's thread must not keep this actor alive, nor find it gone.
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(ledger_actor{self_});
  options_.store->append(std::move(batch), [weak](expected<uint64_t> first) {
    if (auto to = caf::actor_cast<ledger_actor>(weak))
      caf::anon_send(
        to, atom::stored_v,
        std::make_shared<const expected<uint64_t>>(std::move(first)));
  });
}

void ledger_state::tell(waiter& who, const expected<uint64_t>& seq) {
  auto why = seq ? failure{} : seq.error();
  // Ours to explain, not the caller's request to mend.
  if (why.code == errc::invalid_request)
    why.code = errc::audit_unavailable;
  if (auto intent = std::get_if<waiting_intent>(&who)) {
    intent->to.deliver(seq ? answered(receipt_office::issue(
                         intent->what->call, intent->what->attempt, *seq))
                           : refused<intent_receipt_ptr>(std::move(why)));
    return;
  }
  auto answer = seq ? answered(unit{}) : refused<unit>(std::move(why));
  if (auto outcome = std::get_if<waiting_record<outcome_record>>(&who))
    outcome->to.deliver(std::move(answer));
  else
    std::get<waiting_record<refusal_record>>(who).to.deliver(std::move(answer));
}

void ledger_state::stored(const expected<uint64_t>& first) {
  auto waiters = std::exchange(under_way_, {});
  // One of them cannot be recorded; the others must not suffer for it.
  auto split = !first && first.error().code == errc::invalid_request
               && waiters.size() > 1;
  if (split)
    std::move(waiters.begin(), waiters.end(), std::back_inserter(apart_));
  committing_ = !apart_.empty() || !next_.empty();
  if (committing_)
    commit();
  for (size_t i = 0; !split && i < waiters.size(); ++i)
    tell(waiters[i], first ? expected<uint64_t>{*first + i} : first);
}

void ledger_state::settle() {
  std::move(apart_.begin(), apart_.end(), std::back_inserter(under_way_));
  apart_.clear();
  for (auto* waiters : {&under_way_, &next_})
    for (auto& who : std::exchange(*waiters, {}))
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
    [self](atom::stored, const answer<uint64_t>& first) {
      self->state.stored(*first);
    },
  };
}

} // namespace byollm
