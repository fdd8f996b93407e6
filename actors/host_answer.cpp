// SPDX-License-Identifier: Apache-2.0
#include "actors/host_answer.hpp"

#include <utility>

namespace byollm {

namespace {

// By the rule that stored settings are checked by.
bool lacks_key(const llm_target& target, const provider_table& providers) {
  auto traits = find_provider(providers, target.provider());
  return !target.sealed() && traits && traits->requires_key
         && target.allowed() != reach::allowed;
}

} // namespace

user_lookup unusable(std::string why) {
  return {user_lookup::state::broken,
          nullptr,
          {errc::config_unavailable, std::move(why)}};
}

user_lookup checked_answer(user_lookup told, const provider_table& providers) {
  if (told.is != user_lookup::state::present)
    return told;
  if (!told.config || !told.config->target)
    return unusable("the host's config_source named no LLM");
  const auto& target = *told.config->target;
  if (lacks_key(target, providers))
    return unusable("the host's config_source named no key, and "
                    + target.provider()
                    + " needs one: credential::from_source");
  return told;
}

} // namespace byollm
