// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"
#include "messages/turn.hpp"

namespace byollm {

/// How an attempt that ended with `why` is called in the ledger
/// (docs/ledger.md). Pure.
call_status status_of(const failure& why, bool caller_saw_bytes) noexcept;

/// What an attempt costs: 0 on a user's own LLM and where nothing was asked or
/// taken on, otherwise its usage at the prices of the moment the call came in.
/// Pure.
cost bill_of(const intent_record& intent,
             const outcome_record& outcome) noexcept;

/// What the ledger keeps of an attempt's report, its cost included.
outcome_record make_outcome(std::shared_ptr<const intent_record> of,
                            const attempt_report& report,
                            int64_t finished_unix_ms);

} // namespace byollm
