// SPDX-License-Identifier: Apache-2.0
#include "actors/cascade.hpp"

#include "actors/cascade_model.hpp"
#include "actors/cascade_parameters.hpp"
#include "actors/policy_rules.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

using std::chrono::milliseconds;

// What a failure means for trying again on the same LLM.
enum class retry_class : uint8_t {
  never,     // refused, rejected, or the provider stayed silent
  repeat,    // not sent, or answered with a failure: up to retries_max
  ambiguous, // may have been sent: at most ambiguous_retries
  as_told,   // the provider said when
  spared,    // not sent, because attempts before failed: see may_wait
};

retry_class retry_class_of(const failure& why) noexcept {
  switch (why.code) {
  case errc::dns_failed:
  case errc::connect_failed:
  case errc::connect_timeout:
  case errc::tls_failed:
  case errc::provider_fault:
  case errc::provider_overloaded:
    return retry_class::repeat;
  case errc::connection_lost:
    return why.sent == certainty::no ? retry_class::repeat
                                     : retry_class::ambiguous;
  case errc::provider_timeout:
    // What waited gave up, and what it waited for may be at work (adr/0043).
    return retry_class::ambiguous;
  case errc::rate_limited:
    return retry_class::as_told;
  case errc::circuit_open:
    return retry_class::spared;
  case errc::provider_rejected:
    // Request timeout and conflict: complete answers, nothing was generated.
    return why.http_status == 408 || why.http_status == 409
             ? retry_class::repeat
             : retry_class::never;
  default:
    return retry_class::never;
  }
}

// Failures that speak against this LLM, so that another may be asked instead.
// Our own refusals and the caller's mistakes would be the same everywhere.
bool may_fall_back(const failure& why) noexcept {
  switch (why.code) {
  case errc::authentication:
  case errc::permission:
  case errc::quota_exhausted:
  case errc::rate_limited:
  case errc::provider_overloaded:
  case errc::provider_fault:
  case errc::provider_timeout:
  case errc::model_not_found:
  case errc::dns_failed:
  case errc::connect_failed:
  case errc::connect_timeout:
  case errc::tls_failed:
  case errc::connection_lost:
  case errc::first_byte_timeout:
  case errc::circuit_open:
    return true;
  default:
    return false;
  }
}

// What another model says of it is no answer: its vectors do not compare with
// those that were made before, and it counts other tokens.
bool is_of_one_model(call_kind kind) noexcept {
  return kind == call_kind::embeddings || kind == call_kind::count;
}

// The next one to ask after `last` failed for good, or nothing.
std::optional<answerer> next_answerer(const plan_query& query) {
  const auto& last = query.failed.back();
  if (!may_fall_back(last.why) || is_of_one_model(query.kind))
    return std::nullopt;
  const auto& platform = *query.on->platform;
  switch (last.who) {
  case answerer::user:
    if (query.on->user.config->fallback == fallback_policy::platform
        && platform.llm)
      return answerer::platform;
    return std::nullopt;
  case answerer::platform:
    // Never a user's key for the platform's failure; and a user's call that
    // fell back may go on to the platform's second choice.
    if (platform.second_choice)
      return answerer::second_choice;
    return std::nullopt;
  case answerer::second_choice:
    return std::nullopt;
  }
  return std::nullopt;
}

// A call that was let through keeps its retries, later. One that comes while
// attempts are spared is told so at once: waiting, it would hold a place that
// others of its tenant need. And nobody waits where another may be asked.
bool may_wait(const plan_query& query) {
  const auto& last = query.failed.back();
  auto let_through
    = std::any_of(query.failed.begin(), query.failed.end(), [&](const auto& x) {
        return x.who == last.who && x.why.code != errc::circuit_open;
      });
  return let_through && !next_answerer(query);
}

milliseconds backoff(uint32_t tries, double jitter) {
  auto base = limits::retry_delay_first * (1u << std::min(tries, 8u));
  auto capped = std::min<milliseconds>(base, limits::retry_delay_max);
  auto factor = 0.5 + 0.5 * std::clamp(jitter, 0.0, 1.0);
  return milliseconds{
    static_cast<int64_t>(static_cast<double>(capped.count()) * factor)};
}

// Returns how long to wait before the same LLM is asked again, or nothing if it
// is not asked again.
std::optional<milliseconds> retry_delay(const plan_query& query) {
  const auto& last = query.failed.back();
  auto tries = static_cast<uint32_t>(
    std::count_if(query.failed.begin(), query.failed.end(),
                  [&](const auto& x) { return x.who == last.who; }));
  auto same_class = static_cast<uint32_t>(
    std::count_if(query.failed.begin(), query.failed.end(), [&](const auto& x) {
      return x.who == last.who
             && retry_class_of(x.why) == retry_class::ambiguous;
    }));
  auto delay = backoff(tries - 1, query.jitter);
  if (last.why.retry_after)
    delay += *last.why.retry_after;
  switch (retry_class_of(last.why)) {
  case retry_class::never:
    return std::nullopt;
  case retry_class::repeat:
    if (tries > limits::retries_max)
      return std::nullopt;
    break;
  case retry_class::ambiguous:
    if (same_class > query.on->platform->ambiguous_retries)
      return std::nullopt;
    break;
  case retry_class::as_told:
    if (!last.why.retry_after || tries > limits::retries_max)
      return std::nullopt;
    break;
  case retry_class::spared:
    if (!may_wait(query) || tries > limits::retries_max)
      return std::nullopt;
    break;
  }
  return delay < query.remaining ? std::optional{delay} : std::nullopt;
}

// Says what failed, and why that was the last attempt.
failure not_tried_again(failure why) {
  why.detail += why.detail.empty() ? "" : "; ";
  why.detail += "not tried again: the tenant's retries are used up for now";
  return why;
}

llm_target::ptr target_of(const resolution& on, answerer who) {
  switch (who) {
  case answerer::user:
    return on.user.config->target;
  case answerer::platform:
    return on.platform->llm;
  case answerer::second_choice:
    return on.platform->second_choice;
  }
  return nullptr;
}

// Neither a user's own LLM needs a price, nor what generates nothing.
bool may_be_billed(const plan_query& query, const llm_target& target,
                   const std::string& model) noexcept {
  const auto& platform = *query.on->platform;
  return target.is_byollm() || query.kind == call_kind::models
         || query.kind == call_kind::count
         || platform.unknown_price == unknown_price_policy::unpriced
         || find_price(platform.prices, target.provider(), model,
                       query.received_unix_ms);
}

expected<attempt_plan> plan_for(const plan_query& query, answerer who) {
  auto target = target_of(*query.on, who);
  auto traits = find_provider(*query.on->providers, target->provider());
  if (!traits)
    return failure{errc::invalid_config,
                   "this build has no provider called " + target->provider(),
                   "provider"};
  auto model = model_for(query, who, *target, *traits);
  if (!model)
    return model.error();
  if (auto may = check_model_allowed(query.on->policy.get(), *model); !may)
    return may.error();
  if (!may_be_billed(query, *target, *model))
    return failure{errc::price_unknown,
                   "no price is set for " + target->provider() + " " + *model};
  attempt_plan plan;
  plan.who = who;
  plan.target = std::move(target);
  plan.model = *std::move(model);
  if (query.kind == call_kind::models)
    return plan; // a list takes no parameters
  auto merged
    = merge_parameters(*query.on->platform, query.on->who.app, *query.request,
                       *traits, plan.model, plan.target->is_byollm());
  // Nothing is sampled where vectors are made, or tokens counted.
  if (query.kind == call_kind::embeddings)
    drop_all(merged, "embeddings take no parameters");
  if (query.kind == call_kind::count)
    drop_all(merged, "nothing is generated");
  plan.params = std::move(merged.values);
  plan.provenances = std::move(merged.provenances);
  return plan;
}

// Says whether the platform has none, or has it switched off.
failure nobody(const resolution& on, const char* none, const char* off) {
  return {errc::no_provider, on.platform->switched_off ? off : none};
}

expected<answerer> platform_or(const resolution& on, failure otherwise) {
  if (on.platform->llm)
    return answerer::platform;
  return otherwise;
}

} // namespace

expected<answerer> first_answerer(const resolution& on) {
  switch (on.user.is) {
  case user_lookup::state::broken:
    // Who would be acting is unknown, so nobody acts: privacy and bill.
    return on.user.why;
  case user_lookup::state::absent:
    return platform_or(
      on, nobody(on, "neither you nor the platform has an LLM",
                 "you have no LLM, and the platform's is switched off"));
  case user_lookup::state::present:
    break;
  }
  const auto& config = *on.user.config;
  if (config.admin_disabled) {
    failure off{errc::provider_disabled, "the admin switched your own LLM off"};
    if (on.platform->when_disabled == disabled_policy::refuse)
      return off;
    return platform_or(on, std::move(off));
  }
  if (!config.enabled && !on.is_test)
    return platform_or(
      on, nobody(on, "your own LLM is switched off and the platform has none",
                 "your own LLM is switched off, and so is the platform's"));
  return answerer::user;
}

expected<attempt_plan> next_attempt(const plan_query& query) {
  if (query.failed.empty()) {
    auto who = first_answerer(*query.on);
    if (!who)
      return who.error();
    if (auto may
        = check_purpose(query.on->policy.get(), query.request->purpose);
        !may)
      return may.error();
    return plan_for(query, *who);
  }
  const auto& last = query.failed.back();
  if (query.single || last.caller_saw_bytes
      || query.failed.size() >= limits::attempts_max)
    return last.why; // never switch in mid-answer
  auto delay = retry_delay(query);
  auto why = last.why;
  if (delay && !query.may_retry) {
    delay.reset();
    why = not_tried_again(std::move(why));
  }
  auto who = delay ? std::optional{last.who} : next_answerer(query);
  if (!who || query.remaining <= milliseconds{0})
    return why;
  auto plan = plan_for(query, *who);
  if (!plan
      && (plan.error().code == errc::price_unknown
          || plan.error().code == errc::forbidden))
    return why; // whom nobody may ask is no way out
  if (!plan)
    return plan;
  plan->delay = delay.value_or(milliseconds{0});
  auto first = query.failed.front().who;
  if (*who != first)
    plan->fallback_from = target_of(*query.on, first)->provider();
  return plan;
}

} // namespace byollm
