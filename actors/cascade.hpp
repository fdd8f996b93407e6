// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/turn.hpp"

namespace byollm {

/// The cascade, whole: who is asked next for `query.request` on the pinned
/// resolution, with which parameters, after which delay, or why nobody is.
/// Pure; retry, fallback and refusal are decided nowhere else.
///
/// With `query.failed` empty it is the first choice. Errors: `no_provider`,
/// `provider_disabled`, `config_unavailable`, `price_unknown` and the like if
/// nobody may be asked; otherwise the last attempt's own failure, which is then
/// the call's.
expected<attempt_plan> next_attempt(const plan_query& query);

/// Who answers first on `on`, without looking at a request.
/// Errors: as `next_attempt`.
expected<answerer> first_answerer(const resolution& on);

} // namespace byollm
