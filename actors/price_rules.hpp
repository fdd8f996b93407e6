// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/prices.hpp"
#include "messages/settings.hpp"
#include "messages/traits.hpp"

#include <string>

namespace byollm {

/// Sets or removes the price that `wanted` names; a set one carries `version`
/// and counts from `wanted.effective_unix_ms`, else from `now_unix_ms`. An
/// entry of the same provider, model and moment is replaced. Pure. Returns what
/// was done, for the ledger. Errors: `invalid_config`, `limit_exceeded`,
/// `not_found` if there was nothing to remove.
expected<std::string> change_price(price_list& prices,
                                   const platform_change::price_entry& wanted,
                                   const provider_table& providers,
                                   uint64_t version, int64_t now_unix_ms);

} // namespace byollm
