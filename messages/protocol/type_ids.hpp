// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/protocol/compat.hpp"
#include "messages/protocol/payload.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/fwd.hpp>
#include <caf/type_id.hpp>

// All of these travel inside one process only: they are pointers to immutable
// values, and serialising one is a mistake that CAF 0.17 would not report. So
// no network module of CAF is linked.
#define BYOLLM_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)

BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::failure>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::call_context>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::user_lookup>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::pinned_turn>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::platform_config>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::intent_record>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::outcome_record>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::refusal_record>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::llm_target>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::intent_receipt>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::attempt_order>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::attempt_report>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::call_order>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::allowance_use>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::user_change>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::origin_change>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::trust_change>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::platform_change>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::key_binding>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::stored_platform_config>)
BYOLLM_LOCAL_MESSAGE(byollm::shared<byollm::master_key_change>)
BYOLLM_LOCAL_MESSAGE(byollm::key_slip)
BYOLLM_LOCAL_MESSAGE(byollm::continuation)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::name_list>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::attempt_plan>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::intent_receipt_ptr>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::lease_ticket_ptr>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::sealed_key>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::llm_summary>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::rewrap_progress>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::master_key_list>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<byollm::unit>)
BYOLLM_LOCAL_MESSAGE(byollm::answer<uint64_t>)

CAF_BEGIN_TYPE_ID_BLOCK(byollm, caf::first_custom_type_id)

  // -- chat turns -------------------------------------------------------------
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::call_context>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::pinned_turn>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::call_order>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::allowance_use>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::attempt_order>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::attempt_report>))

  // -- resolution -------------------------------------------------------------
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::user_lookup>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::platform_config>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::attempt_plan>))

  // -- ledger and keys --------------------------------------------------------
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::intent_record>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::outcome_record>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::refusal_record>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::llm_target>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::intent_receipt>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::key_binding>))
  CAF_ADD_TYPE_ID(byollm, (byollm::key_slip))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::intent_receipt_ptr>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::lease_ticket_ptr>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::sealed_key>))

  // -- administration ---------------------------------------------------------
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::user_change>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::origin_change>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::trust_change>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::platform_change>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::stored_platform_config>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::llm_summary>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::unit>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<uint64_t>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::name_list>))
  CAF_ADD_TYPE_ID(byollm, (byollm::shared<byollm::master_key_change>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::rewrap_progress>))
  CAF_ADD_TYPE_ID(byollm, (byollm::answer<byollm::master_key_list>))
  CAF_ADD_TYPE_ID(byollm, (byollm::continuation))

  // -- verbs (at most ten characters) -----------------------------------------
  CAF_ADD_ATOM(byollm, byollm::atom, admit, "admit")
  CAF_ADD_ATOM(byollm, byollm::atom, begin_turn, "begin")
  CAF_ADD_ATOM(byollm, byollm::atom, call, "call")
  CAF_ADD_ATOM(byollm, byollm::atom, cancel, "cancel")
  CAF_ADD_ATOM(byollm, byollm::atom, change, "change")
  CAF_ADD_ATOM(byollm, byollm::atom, commit, "commit")
  CAF_ADD_ATOM(byollm, byollm::atom, end_turn, "endturn")
  CAF_ADD_ATOM(byollm, byollm::atom, ended, "ended")
  CAF_ADD_ATOM(byollm, byollm::atom, expired, "expired")
  CAF_ADD_ATOM(byollm, byollm::atom, idle, "idle")
  CAF_ADD_ATOM(byollm, byollm::atom, intent, "intent")
  CAF_ADD_ATOM(byollm, byollm::atom, lease, "lease")
  CAF_ADD_ATOM(byollm, byollm::atom, lookup, "lookup")
  CAF_ADD_ATOM(byollm, byollm::atom, outcome, "outcome")
  CAF_ADD_ATOM(byollm, byollm::atom, pin, "pin")
  CAF_ADD_ATOM(byollm, byollm::atom, plan, "plan")
  CAF_ADD_ATOM(byollm, byollm::atom, refusal, "refusal")
  CAF_ADD_ATOM(byollm, byollm::atom, replace, "replace")
  CAF_ADD_ATOM(byollm, byollm::atom, resume, "resume")
  CAF_ADD_ATOM(byollm, byollm::atom, retire, "retire")
  CAF_ADD_ATOM(byollm, byollm::atom, retry, "retry")
  CAF_ADD_ATOM(byollm, byollm::atom, revoke, "revoke")
  CAF_ADD_ATOM(byollm, byollm::atom, rotate, "rotate")
  CAF_ADD_ATOM(byollm, byollm::atom, run, "run")
  CAF_ADD_ATOM(byollm, byollm::atom, seal, "seal")
  CAF_ADD_ATOM(byollm, byollm::atom, spend, "spend")
  CAF_ADD_ATOM(byollm, byollm::atom, stored, "stored")

CAF_END_TYPE_ID_BLOCK(byollm)
