// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"
#include "messages/settings.hpp"

#include <string>

namespace byollm {

// What an extension's policy says of one call; null says nothing against it.
// Pure. Errors: `forbidden`, naming the parameter.

status check_purpose(const extension_policy* policy,
                     const std::string& purpose);

/// Checks the model that would answer, whoever named it.
status check_model_allowed(const extension_policy* policy,
                           const std::string& model);

/// Checks what was used of a day before this call. Errors:
/// `allowance_exhausted`.
status check_allowance(const extension_policy& policy, uint64_t calls,
                       uint64_t tokens);

/// What an attempt counts as, input and output: one of which nothing is known
/// but that it was sent counts as limits::max_tokens_default.
uint64_t tokens_spent(const outcome_record& outcome) noexcept;

/// Puts `wanted` into `table`, or takes it out. Errors: `invalid_config`
/// naming what is wrong, `limit_exceeded`, `not_found` for a removal.
status change_policy(policy_table& table,
                     const platform_change::policy_entry& wanted);

} // namespace byollm
