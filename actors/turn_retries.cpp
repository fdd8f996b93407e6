// SPDX-License-Identifier: Apache-2.0
// What a turn's calls may try again: as much as their tenant has left.
#include "actors/running_call.hpp"
#include "actors/turn.hpp"

namespace byollm {

expected<attempt_plan> turn_state::plan_within_budget(const call_ptr& call) {
  const auto& failed = call->failed;
  auto now = options_.parts->clock->now();
  auto made = next(*call->order, failed, true);
  if (made && failed.empty())
    budget_->called(now);
  // An attempt at another LLM is a first one there.
  if (!made || failed.empty() || made->who != failed.back().who
      || may_retry(now))
    return made;
  return next(*call->order, failed, false);
}

bool turn_state::may_retry(alarm_clock::time_point now) {
  auto right = budget_->take(now);
  if (right == retry_right::granted)
    return true;
  if (right == retry_right::denied_first && options_.parts->log)
    options_.parts->log(log_level::warning,
                        "a tenant's retries are used up, so calls that fail "
                        "are not tried again",
                        {{"tenant", pinned_->context->who.tenant.str()}});
  return false;
}

} // namespace byollm
