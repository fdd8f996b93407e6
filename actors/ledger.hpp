// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/gauges.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"
#include "messages/ports/watch.hpp"

#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace byollm {

struct ledger_options {
  /// Outlives the actor.
  ledger_store* store = nullptr;
  log_fn log = {};
  /// Outlives the actor; null: nobody.
  call_watch* watch = nullptr;
  /// Null: nobody counts.
  runtime_gauges_ptr gauges = {};
};

/// Gathers records into batches and hands each to the store, which encodes it
/// at once and commits together what arrived during the commit before; there is
/// no timer. The first record of a batch waits for what is in the mailbox
/// already: after a commit, all that it released asks at once, and a batch of
/// one would keep the others for a whole sync. While
/// `limits::ledger_intents_waiting_max` records wait, an intent or a refusal
/// gets `audit_unavailable`. An outcome that the store could not take fails its
/// call and is kept, for another try with the first record that it takes: its
/// intent must not stay open. Whoever watches is told of each record before who
/// asked for it is answered, and in the ledger's order.
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

  /// Hands the store all that was gathered as one batch.
  void commit();

  /// A batch under way was committed (its first record's number) or lost.
  void stored(uint64_t number, const expected<uint64_t>& first);

  /// Answers everybody who waits with `audit_unavailable`; the store gets the
  /// outcomes that it has not yet.
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

  /// Nobody waits for it any more.
  struct owed_outcome {
    shared<outcome_record> what;
  };

  using waiter = std::variant<waiting_intent, waiting_record<outcome_record>,
                              waiting_record<refusal_record>, owed_outcome>;

  struct batch {
    uint64_t number;
    std::vector<waiter> waiters;
  };

  /// Null if it is none.
  static const shared<outcome_record>* outcome_of(const waiter& who);

  void enqueue(waiter who);
  void hand_over(std::vector<waiter> waiters);
  void split(std::vector<waiter> waiters);
  void owe(const waiter& who);
  void retry_owed();
  void tell(waiter& who, const expected<uint64_t>& seq);
  void lose(waiter& who, failure why);
  void show(const waiter& who) const noexcept;
  failure turn_away(failure why) const;
  void count(size_t waiting);

  ledger_actor::stateful_pointer<ledger_state> self_;
  ledger_options options_;
  std::vector<waiter> next_;
  std::deque<batch> under_way_;
  uint64_t batches_ = 0;
  /// The last batch that was under way when one was split.
  uint64_t split_at_ = 0;
  /// Records in both.
  size_t waiting_ = 0;
  std::vector<shared<outcome_record>> owed_;
  std::optional<gauge_share> shown_waiting_;
  bool gathering_ = false;
};

ledger_actor::behavior_type
ledger(ledger_actor::stateful_pointer<ledger_state> self,
       ledger_options options);

} // namespace byollm
