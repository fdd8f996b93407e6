// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"
#include "messages/turn.hpp"

namespace byollm {

/// How an attempt that ended with `why` is called in the ledger
/// (docs/ledger.md). Pure.
call_status status_of(const failure& why, bool caller_saw_bytes) noexcept;

/// What the ledger keeps of an attempt's report.
outcome_record make_outcome(const intent_record& intent,
                            const attempt_report& report,
                            int64_t finished_unix_ms);

/// Checks what a caller asks for before anything is resolved. Pure. Errors:
/// `invalid_request` or `limit_exceeded`, naming the parameter.
status check_request(const create_message_request& request);

} // namespace byollm
