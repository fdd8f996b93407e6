// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/key_rotation.hpp"
#include "actors/key_withdrawal.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/vault.hpp"

namespace byollm {

struct auth_gateway_options {
  /// The key ring; outlives the actor. No other actor gets it.
  key_vault* vault = nullptr;
  log_fn log = {};
  /// Keeps the master keys of that ring; null: they are not changed here.
  std::shared_ptr<master_key_vault> master_keys = {};
  /// Keeps the rows they wrap.
  wrap_store* rows = nullptr;
  std::function<int64_t()> unix_ms = {};
  /// How long a key that was replaced or deleted is still in use, and who uses
  /// it. `vault` is set by the actor.
  withdrawal_options withdrawal = {};
};

/// Names who may open which key, without opening it: a lease is a ticket that
/// the transport redeems once. What was deleted is leased no more, what was
/// replaced after a drain.
class auth_gateway_state {
public:
  static inline constexpr const char* name = "auth_gateway";

  explicit auth_gateway_state(
    auth_gateway_actor::stateful_pointer<auth_gateway_state> self)
      : rotation(self), withdrawal(self) {
    // nop
  }

  void start(auth_gateway_options options);

  answer<lease_ticket_ptr> lease(const shared<llm_target>& target,
                                 const shared<intent_receipt>& receipt) const;

  answer<sealed_key> seal(const opened_key& key, const key_binding& binding);

  key_rotation rotation;
  key_withdrawal withdrawal;

private:
  auth_gateway_options options_;
};

auth_gateway_actor::behavior_type
auth_gateway(auth_gateway_actor::stateful_pointer<auth_gateway_state> self,
             auth_gateway_options options);

} // namespace byollm
