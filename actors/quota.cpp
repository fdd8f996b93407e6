// SPDX-License-Identifier: Apache-2.0
#include "actors/quota.hpp"

#include "actors/house_rules.hpp"
#include "actors/policy_rules.hpp"
#include "actors/post_back.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <chrono>

namespace byollm {

namespace {

// Ids hold no '|'.
std::string key_of(const identity& who) {
  return who.tenant.str() + '|' + who.user.str() + '|' + who.app.str();
}

} // namespace

void quota_state::start(quota_options options) {
  options_ = std::move(options);
}

int64_t quota_state::today() {
  using namespace std::chrono;
  auto now = int64_t{floor<days>(milliseconds{options_.unix_ms()}).count()};
  if (now != day_) {
    is_new_day_ = now > latest_day_;
    latest_day_ = std::max(latest_day_, now);
    day_ = now;
  }
  return now;
}

quota_state::day_use& quota_state::use_of(const call_context& context) {
  auto [it, is_new] = uses_.try_emplace(key_of(context.who));
  auto& use = it->second;
  auto now = today();
  if (is_new) {
    order_.push_back(it->first);
    use.day = now;
  } else if (use.day != now && use.waiting.empty()) {
    auto was_known = use.is_known;
    use = {};
    use.day = now;
    use.is_known = was_known && is_new_day_;
  }
  return use;
}

void quota_state::forget_oldest() {
  if (order_.size() <= limits::allowances_max)
    return;
  auto oldest = uses_.find(order_.front());
  order_.pop_front();
  if (oldest->second.waiting.empty())
    uses_.erase(oldest);
  else
    order_.push_back(oldest->first);
}

caf::result<answer<unit>> quota_state::admit(const shared<allowance_use>& use) {
  auto& so_far = use_of(*use->context);
  if (so_far.is_known) {
    auto counted = count(so_far, *use->policy);
    forget_oldest();
    return counted;
  }
  auto to = self_->make_response_promise<promise>();
  so_far.waiting.emplace_back(to, use);
  if (so_far.waiting.size() == 1)
    look_up(*use->context);
  return to;
}

void quota_state::look_up(const call_context& context) {
  usage_filter which;
  which.first_day = std::chrono::sys_days{std::chrono::days{today()}};
  which.last_day = which.first_day;
  which.tenant = context.who.tenant.str();
  which.user = context.who.user.str();
  which.extension = context.who.app.str();
  options_.past->usage(
    std::move(which),
    post_back<quota_actor, expected<std::vector<usage_row>>>(
      quota_actor{self_},
      [this, key = key_of(context.who)](
        const expected<std::vector<usage_row>>& rows) { found(key, rows); }));
}

void quota_state::found(const std::string& key,
                        const expected<std::vector<usage_row>>& rows) {
  auto& so_far = uses_.at(key);
  auto waiting = std::exchange(so_far.waiting, {});
  if (!rows) {
    // Not counted, so not known to be allowed; the next call asks again.
    for (auto& [to, _] : waiting)
      to.deliver(refused<unit>(rows.error()));
    return;
  }
  for (const auto& row : *rows) {
    so_far.calls += row.attempts;
    so_far.tokens
      += row.input_uncached + row.cache_read + row.cache_write + row.output;
  }
  so_far.is_known = true;
  for (auto& [to, use] : waiting)
    to.deliver(count(so_far, *use->policy));
  forget_oldest();
}

answer<unit> quota_state::count(day_use& so_far,
                                const extension_policy& policy) {
  auto may = check_allowance(policy, so_far.calls, so_far.tokens);
  if (!may)
    return refused<unit>(may.error());
  ++so_far.calls;
  return answered(unit{});
}

void quota_state::spend(const allowance_use& use) {
  // Whom we do not know is looked up when they call again.
  auto found = uses_.find(key_of(use.context->who));
  if (found == uses_.end() || !found->second.is_known)
    return;
  if (auto& so_far = use_of(*use.context); so_far.is_known)
    so_far.tokens += use.tokens;
}

void quota_state::settle() {
  for (auto& [_, use] : std::exchange(uses_, {}))
    for (auto& waiting : use.waiting)
      waiting.first.deliver(
        refused<unit>({errc::unavailable, "the quota's actor ended"}));
  order_.clear();
}

quota_actor::behavior_type
quota(quota_actor::stateful_pointer<quota_state> self, quota_options options) {
  adopt_house_rules(self, options.log, [self] { self->state.settle(); });
  self->state.start(std::move(options));
  return {
    [self](atom::admit, const shared<allowance_use>& use) {
      return self->state.admit(use);
    },
    [self](atom::spend, const shared<allowance_use>& use) {
      self->state.spend(*use);
    },
    [](atom::resume, const continuation& go_on) { (*go_on)(); },
  };
}

} // namespace byollm
