// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/alarm.hpp"
#include "messages/ports/host.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/retries.hpp"
#include "messages/ports/watch.hpp"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace byollm {

/// What the turns of one loop share; ports outlive the actors.
struct turn_parts {
  directory_actor directory;
  resolver_actor resolver;
  auth_gateway_actor gateway;
  ledger_actor ledger;
  switchboard_actor switchboard;
  quota_actor quota;
  alarm_clock* clock = nullptr;
  balance* balances = nullptr;      ///< Null: every platform call may be paid.
  retry_budgets* retries = nullptr; ///< Of all loops.
  std::function<double()> random;   ///< In [0, 1).
  log_fn log = {};
  call_watch* watch = nullptr; ///< Null: nobody.
};

struct turn_options {
  std::shared_ptr<const turn_parts> parts;
  caf::weak_actor_ptr desk;
};

struct running_call;

/// One chat turn: resolves once, then runs its calls, each by the steps
/// plan -> allowance -> intent -> lease -> attempt -> outcome -> reply (or the
/// next plan). Every call is answered exactly once, whoever dies. Calls at a
/// time: bounded by admission and limits::calls_per_turn_max.
class turn_state {
public:
  static inline constexpr const char* name = "turn";

  explicit turn_state(pooled_turn_actor::stateful_pointer<turn_state> self);
  ~turn_state();

  void start(turn_options options);

  // -- the turn ---------------------------------------------------------------
  void begin(const shared<call_context>& context, turn_borrower_ptr borrower);

  void end(uint64_t generation);

  // -- its calls --------------------------------------------------------------
  void call(uint64_t generation, const shared<call_order>& order);

  void cancel(uint64_t generation, const std::string& call, failure why);

  void cancel_all(uint64_t generation, const failure& why);

  void retry(uint64_t generation, const std::string& call);

  answer<attempt_plan> explain(uint64_t generation, const call_order& order);

  void ended(const intent_receipt& receipt,
             const shared<attempt_report>& report);

  /// Answers every call, and leaves an outcome for every open intent.
  void settle();

private:
  using call_ptr = std::shared_ptr<running_call>;

  void pin(const shared<call_context>& context,
           const shared<user_lookup>& user);
  void pinned(const shared<pinned_turn>& what);
  void release();

  // -- the steps of a call ----------------------------------------------------
  void plan(const call_ptr& call);
  expected<attempt_plan> next(const call_order& order,
                              const std::vector<failed_attempt>& failed,
                              bool may_retry) const;
  expected<attempt_plan> plan_within_budget(const call_ptr& call);
  bool may_retry(alarm_clock::time_point now);
  void allow(const call_ptr& call);
  void allowed(const call_ptr& call, const status& may);
  void attempt(const call_ptr& call);
  void have_receipt(const call_ptr& call,
                    const expected<intent_receipt_ptr>& receipt);
  std::string traceparent_of(const intent_record& intent) const;
  void have_ticket(const call_ptr& call,
                   const expected<lease_ticket_ptr>& ticket);
  void have_report(const call_ptr& call, const shared<attempt_report>& report);
  void recorded(const call_ptr& call, const attempt_report& report,
                const status& done);
  void spend(const outcome_record& outcome);

  // -- its ends ---------------------------------------------------------------
  void start_recording(const call_ptr& call);
  void tell_not_durable(const call_ptr& call);
  void refuse(const call_ptr& call, call_status as, failure why);
  void not_sent(const call_ptr& call, failure why);
  void finish(const call_ptr& call, expected<message_reply> what);
  void abandon(const call_ptr& call);
  void tell_cancelled(const call_ptr& call);

  alarm_clock::alarm_id ring_at(alarm_clock::time_point when,
                                std::function<void(const turn_actor&)> message);

  /// Sends `expired` for the call.
  alarm_clock::alarm_id ring_for(const call_ptr& call,
                                 alarm_clock::time_point when);

  turn_actor handle() const {
    return turn_actor{self_};
  }

  pooled_turn_actor::stateful_pointer<turn_state> self_;
  turn_options options_;
  uint64_t generation_ = 0;
  bool ending_ = false;
  shared<pinned_turn> pinned_;
  std::shared_ptr<retry_budget> budget_;
  turn_borrower_ptr borrower_; // until the turn is lent
  std::unordered_map<std::string, call_ptr> calls_;
  uint32_t calls_made_ = 0;
};

pooled_turn_actor::behavior_type
turn(pooled_turn_actor::stateful_pointer<turn_state> self,
     turn_options options);

} // namespace byollm
