// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who may say what to whom. Each signature has one sentence of meaning;
// messages that an actor sends to itself, or gets from a port, are marked
// INTERNAL.

#include "messages/protocol/type_ids.hpp"

#include <caf/typed_actor.hpp>

namespace byollm {

/// The TENANT actor interface: one tenant's users and their own LLMs.
using tenant_actor = caf::typed_actor<
  // Tell which LLM this user configured: absent, present, or broken.
  on<atom::lookup, shared<call_context>>::gives<shared<user_lookup>>,
  // Change a user's configuration: durable first, then visible, then
  // answered.
  on<atom::change, shared<user_change>>::gives<answer<llm_summary>>,
  // Show a user's configuration without its key.
  on<atom::lookup, shared<user_change>>::gives<answer<llm_summary>>,
  // Allow or forbid an origin for this tenant's keys.
  on<atom::change, shared<origin_change>>::gives<answer<unit>>,
  // Tell which origins this tenant's keys may go to besides public https.
  on<atom::lookup, shared<origin_change>>::gives<answer<name_list>>,
  // Change who vouches for this tenant's own servers.
  on<atom::change, shared<trust_change>>::gives<answer<unit>>,
  // Tell how many requests are open: with none, the tenant may be put to
  // sleep.
  on<atom::idle>::gives<uint64_t>,
  // INTERNAL: go on with what a port answered.
  takes<atom::resume, continuation>>;

/// The DIRECTORY actor interface: finds tenants, wakes and sleeps them.
using directory_actor = caf::typed_actor<
  // Conform to the protocol of TENANT: delegated to the tenant it names.
  on<atom::lookup, shared<call_context>>::gives<shared<user_lookup>>,
  on<atom::change, shared<user_change>>::gives<answer<llm_summary>>,
  on<atom::lookup, shared<user_change>>::gives<answer<llm_summary>>,
  on<atom::change, shared<origin_change>>::gives<answer<unit>>,
  on<atom::lookup, shared<origin_change>>::gives<answer<name_list>>,
  on<atom::change, shared<trust_change>>::gives<answer<unit>>,
  // Tell how many tenants are awake.
  on<atom::idle>::gives<uint64_t>,
  // INTERNAL: put tenants to sleep that nobody used since the last time.
  takes<atom::expired>>;

/// The RESOLVER actor interface: the platform's configuration, as of now.
using resolver_actor = caf::typed_actor<
  // Pin who answers for a turn, from the user's configuration and the
  // platform's.
  on<atom::pin, shared<call_context>,
     shared<user_lookup>>::gives<shared<pinned_turn>>,
  // Replace the platform's configuration; turns already pinned keep theirs.
  on<atom::replace, shared<platform_config>>::gives<answer<unit>>>;

/// The PLATFORM actor interface: the one place that changes the platform's
/// configuration.
using platform_actor = caf::typed_actor<
  // Change it: durable first, then replaced at every resolver, then answered.
  on<atom::change, shared<platform_change>>::gives<answer<unit>>,
  // Show it as stored (keys sealed).
  on<atom::lookup>::gives<shared<stored_platform_config>>,
  // Allow or forbid an origin for the platform's keys.
  on<atom::change, shared<origin_change>>::gives<answer<unit>>,
  // Tell which origins the platform's keys may go to besides public https.
  on<atom::lookup, shared<origin_change>>::gives<answer<name_list>>,
  // INTERNAL: go on with what a port answered.
  takes<atom::resume, continuation>>;

/// The AUTH GATEWAY actor interface: the only actor that holds the key ring.
using auth_gateway_actor = caf::typed_actor<
  // Lease a target's key, unopened, for exactly the intent of the receipt.
  on<atom::lease, shared<llm_target>,
     shared<intent_receipt>>::gives<answer<lease_ticket_ptr>>,
  // Seal a key for its binding.
  on<atom::seal, key_slip, shared<key_binding>>::gives<answer<sealed_key>>,
  // Lease and open nothing more of the credential with this id: it was
  // deleted. Calls that run with it end after the drain.
  on<atom::revoke, std::string>::gives<answer<unit>>,
  // After the drain, lease and open nothing more of a credential's versions up
  // to this one: they were replaced; and end the calls that run with them.
  on<atom::replace, std::string, uint32_t>::gives<answer<unit>>,
  // Add a master key and wrap all stored keys anew under it, or go on with
  // that, or follow it; answered after the next batch with how far it came.
  on<atom::rotate, shared<master_key_change>>::gives<answer<rewrap_progress>>,
  // Forget a master key that wraps nothing.
  on<atom::retire, shared<master_key_change>>::gives<answer<unit>>,
  // Tell the master keys and what they wrap.
  on<atom::lookup>::gives<answer<master_key_list>>,
  // INTERNAL: go on with what a port answered.
  takes<atom::resume, continuation>,
  // INTERNAL: the drain of a withdrawn key is over.
  takes<atom::expired>>;

/// The LEDGER actor interface: intents before, outcomes after; both durable.
using ledger_actor = caf::typed_actor<
  // Make an intent durable; the receipt is the right to send.
  on<atom::intent, shared<intent_record>>::gives<answer<intent_receipt_ptr>>,
  // Make an outcome durable.
  on<atom::outcome, shared<outcome_record>>::gives<answer<unit>>,
  // Make a refusal durable: a call that never had an intent.
  on<atom::refusal, shared<refusal_record>>::gives<answer<unit>>,
  // INTERNAL: commit what was gathered, once this round's messages are all in.
  takes<atom::commit>,
  // INTERNAL: the store committed the batch with this number, and its first
  // record has that one; or it lost it.
  takes<atom::stored, uint64_t, answer<uint64_t>>>;

/// The QUOTA actor interface: what each extension used today, for each of its
/// users.
using quota_actor = caf::typed_actor<
  // Count a call, or say that its extension's day is used up.
  on<atom::admit, shared<allowance_use>>::gives<answer<unit>>,
  // Count an attempt's tokens.
  takes<atom::spend, shared<allowance_use>>,
  // INTERNAL: go on with what a port answered.
  takes<atom::resume, continuation>>;

/// The PROVIDER actor interface: the connections of one isolation key on one
/// loop.
using provider_actor = caf::typed_actor<
  // Run one attempt; its pieces and its end go to the order's sink.
  takes<atom::run, shared<attempt_order>>,
  // Cancel the attempt of this receipt.
  takes<atom::cancel, shared<intent_receipt>>,
  // End every attempt with `config_changed`, and quit: the key is withdrawn.
  takes<atom::revoke>>;

/// The SWITCHBOARD actor interface: finds a loop's PROVIDERs by isolation key.
using switchboard_actor = caf::typed_actor<
  // Conform to the protocol of PROVIDER: passed on to the one that is meant.
  takes<atom::run, shared<attempt_order>>,
  // Cancel the attempt of this receipt at the provider of this isolation key.
  takes<atom::cancel, std::string, shared<intent_receipt>>,
  // Read no cancelled answer on for its usage any more: the runtime stops.
  takes<atom::cancel>,
  // End what runs with the versions up to this one of a credential, and close
  // its connections.
  takes<atom::revoke, std::string, uint32_t>,
  // INTERNAL: close providers that nobody used since the last time.
  takes<atom::expired>>;

/// The TURN actor interface: one chat turn at a time, reused for many. Numbers
/// are the turn's generation, so that a late message meets no later turn.
using turn_actor = caf::typed_actor<
  // Run one call on what was pinned; the answer goes to the order's caller
  // port.
  takes<atom::call, uint64_t, shared<call_order>>,
  // Cancel the call with this id.
  takes<atom::cancel, uint64_t, std::string>,
  // Cancel all calls of the turn, for this reason.
  takes<atom::cancel, uint64_t, shared<failure>>,
  // Tell what the cascade would do for a call, without making it.
  on<atom::plan, uint64_t, shared<call_order>>::gives<answer<attempt_plan>>,
  // End the turn once its calls have ended.
  takes<atom::end_turn, uint64_t>,
  // INTERNAL: a call's deadline passed.
  takes<atom::expired, uint64_t, std::string>,
  // INTERNAL: a call's delay before its next attempt is over.
  takes<atom::retry, uint64_t, std::string>,
  // INTERNAL: the port ended the attempt of this receipt, or lost it.
  takes<atom::ended, shared<intent_receipt>, shared<attempt_report>>>;

/// Whoever asked for a turn. A completion carried in the message costs no actor
/// and no request.
class turn_borrower {
public:
  virtual ~turn_borrower() = default;

  /// Takes the turn, its generation, and what it pinned; at most once, on a
  /// loop thread. A null turn: the desk lends no more, as `pinned->nobody`
  /// says. If it never comes, the turn died: destruction tells.
  virtual void lent(turn_actor turn, uint64_t generation,
                    shared<pinned_turn> pinned)
    = 0;
};

using turn_borrower_ptr = std::shared_ptr<turn_borrower>;

/// A TURN as its DESK sees it.
using pooled_turn_actor = turn_actor::extend<
  // Begin a turn: pin who answers, then lend the turn to the borrower.
  takes<atom::begin_turn, shared<call_context>, turn_borrower_ptr>>;

/// The TURN DESK actor interface: a loop's TURNs, free and taken.
using turn_desk_actor = caf::typed_actor<
  // Conform to the protocol of TURN: passed on to a free one, which is the
  // borrower's until it ended its turn.
  takes<atom::begin_turn, shared<call_context>, turn_borrower_ptr>,
  // INTERNAL: a turn has ended and is free again.
  takes<atom::idle, pooled_turn_actor>>;

} // namespace byollm

BYOLLM_LOCAL_MESSAGE(byollm::turn_borrower_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(byollm_handles, caf::id_block::byollm::end)

  CAF_ADD_TYPE_ID(byollm_handles, (byollm::turn_actor))
  CAF_ADD_TYPE_ID(byollm_handles, (byollm::pooled_turn_actor))
  CAF_ADD_TYPE_ID(byollm_handles, (byollm::turn_borrower_ptr))

CAF_END_TYPE_ID_BLOCK(byollm_handles)
