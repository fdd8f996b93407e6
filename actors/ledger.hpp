// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"

#include <deque>
#include <variant>
#include <vector>

namespace byollm {

struct ledger_options {
  /// Outlives the actor.
  ledger_store* store = nullptr;
  log_fn log = {};
};

/// Gathers records into batches: what arrives while one batch is being
/// committed is the next, without a timer. The first record of a batch
/// waits for what is in the mailbox already: after a commit, all that it
/// released asks at once, and a batch of one would keep the others for a whole
/// sync. Waiting records: at most `limits::ledger_waiting_max`, then
/// `audit_unavailable`.
class ledger_state {
public:
  static inline constexpr const char* name = "ledger";

  explicit ledger_state(ledger_actor::stateful_pointer<ledger_state> self)
      : self_(self) {
    // nop
  }

  void start(ledger_options options);

  caf::result<answer<intent_receipt_ptr>>
  intent(const shared<intent_record>& record);

  caf::result<answer<unit>> append(const shared<outcome_record>& record);

  caf::result<answer<unit>> append(const shared<refusal_record>& record);

  /// Hands the store all that waits as one batch.
  void commit();

  /// The batch under way was committed (its first number) or lost.
  void stored(const expected<uint64_t>& first);

  /// Answers everybody who waits with `audit_unavailable`.
  void settle();

private:
  using intent_promise
    = caf::typed_response_promise<answer<intent_receipt_ptr>>;
  using plain_promise = caf::typed_response_promise<answer<unit>>;

  struct waiting_intent {
    intent_promise to;
    shared<intent_record> what;
  };

  template <class Record>
  struct waiting_record {
    plain_promise to;
    shared<Record> what;
  };

  using waiter = std::variant<waiting_intent, waiting_record<outcome_record>,
                              waiting_record<refusal_record>>;

  void enqueue(waiter who);
  static void tell(waiter& who, const expected<uint64_t>& seq);

  ledger_actor::stateful_pointer<ledger_state> self_;
  ledger_options options_;
  std::vector<waiter> next_;
  /// Of a batch that was refused for one of them: each is committed by itself.
  std::deque<waiter> apart_;
  std::vector<waiter> under_way_;
  bool committing_ = false;
};

ledger_actor::behavior_type
ledger(ledger_actor::stateful_pointer<ledger_state> self,
       ledger_options options);

} // namespace byollm
