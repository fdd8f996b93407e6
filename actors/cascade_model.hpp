// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/turn.hpp"

#include <string>

namespace byollm {

/// Which model of `target`, the LLM of `who`, answers: the settings' own for
/// this kind of call, or the one that the caller named, for the LLM it was
/// named for, where the admin allows that. Pure. Errors: `invalid_request`,
/// `invalid_config` if no embedding model is set, `unsupported`.
expected<std::string> model_for(const plan_query& query, answerer who,
                                const llm_target& target,
                                const provider_traits& traits);

} // namespace byollm
