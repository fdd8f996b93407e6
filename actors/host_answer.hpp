// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/config.hpp"
#include "messages/traits.hpp"

#include <string>

namespace byollm {

/// What a host's `config_source` told, or `config_unavailable` if nobody can be
/// asked by it: no LLM, or no key for a provider that needs one.
user_lookup checked_answer(user_lookup told, const provider_table& providers);

/// Who would be acting is unknown, and why.
user_lookup unusable(std::string why);

} // namespace byollm
