// SPDX-License-Identifier: Apache-2.0
// `resolve --explain`: the plan that a call would run on, in words.
#include "app/runtime/accessor_impl.hpp"
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"

namespace byollm {

namespace {

std::string who_in_words(const pinned_turn& pinned, answerer who) {
  const auto& user = pinned.on->user;
  if (who == answerer::user)
    return "You configured your own LLM, so it answers.";
  if (user.is == user_lookup::state::absent)
    return "You configured no LLM, so the platform's answers.";
  if (user.config->admin_disabled)
    return "The admin switched your own LLM off, so the platform's answers.";
  return "You switched your own LLM off, so the platform's answers.";
}

std::string parameter_in_words(const provenance& from) {
  std::string out{to_string(from.which)};
  if (from.fate == disposition::unset)
    return out + ": nobody set it; the provider's own default applies.";
  out += " = " + from.value_json;
  if (from.set_by == rung::ceiling && from.fate == disposition::clamped)
    return out + ": nobody set it, so it is " + from.reason + '.';
  out += ": set by ";
  switch (from.set_by) {
  case rung::call:
    out += "the call";
    break;
  case rung::required:
    out += "us, because the provider requires it";
    break;
  default:
    out += "the admin (" + std::string{to_string(from.set_by)} + ")";
    break;
  }
  if (from.fate == disposition::clamped)
    out += ", lowered to " + from.reason;
  if (from.fate == disposition::dropped)
    out += ", but not sent: " + from.reason;
  return out + ".";
}

std::string fallback_in_words(const pinned_turn& pinned, answerer who) {
  const auto& platform = *pinned.on->platform;
  if (who != answerer::user)
    return platform.second_choice
             ? "If it fails, the platform's second choice is asked."
             : "If it fails, the call fails.";
  if (pinned.on->user.config->fallback != fallback_policy::platform)
    return "If it fails, the call fails; nothing goes to the platform.";
  if (platform.llm)
    return "If it fails, the platform's LLM answers, and bills: you agreed.";
  std::string why_not = platform.switched_off
                          ? "the admin has switched the platform's LLM off"
                          : "the platform has no LLM";
  return "If it fails, the call fails: you agreed that the platform's answers "
         "then, but "
         + why_not + ", so there is no fallback now.";
}

explanation in_words(const pinned_turn& pinned, const attempt_plan& plan) {
  explanation out;
  out.who = plan.who;
  out.provider = plan.target->provider();
  out.model = plan.model;
  out.origin = plan.target->url().at().str();
  out.is_byollm = plan.target->is_byollm();
  out.billing = plan.target->billing();
  out.params = plan.provenances;
  out.reasons.push_back(who_in_words(pinned, plan.who));
  for (const auto& each : plan.provenances)
    out.reasons.push_back(parameter_in_words(each));
  out.reasons.push_back(out.is_byollm
                          ? "It runs on your own key, so it costs 0 here."
                          : "It runs on the platform's key, so it is billed.");
  out.reasons.push_back(fallback_in_words(pinned, plan.who));
  return out;
}

} // namespace

pending<explanation> admin_accessor::explain(turn_request turn,
                                             std::string purpose,
                                             parameters per_call) const {
  auto core = impl_->core.lock();
  if (!core)
    return settled<explanation>(
      failure{errc::stopping, "the runtime is stopping"});
  auto [state, made] = make_pending<explanation>();
  create_message_request request;
  request.purpose = std::move(purpose);
  request.params = std::move(per_call);
  if (auto valid = check_ranges(request.params); !valid)
    return settled<explanation>(valid.error());
  auto plan_with = [core, state = state,
                    request](const std::shared_ptr<llm_accessor::impl>& on) {
    auto order = make_order({request}, nullptr);
    auto done = [state, on](const answer<attempt_plan>* plan) {
      if (!plan)
        state->settle(failure{errc::unavailable, "the turn ended"});
      else if (!**plan)
        state->settle((*plan)->error());
      else
        state->settle(in_words(*on->pinned, *(*plan)->operator->()));
    };
    auto alive = false;
    {
      std::lock_guard guard{core->mutex};
      alive = core->system
              && on->link->with([&](const turn_actor& to, uint64_t number) {
                   ask<answer<attempt_plan>>(*core->system, to, done,
                                             atom::plan_v, number, order);
                 });
    }
    if (!alive)
      state->settle(failure{errc::stopping, "the runtime is stopping"});
  };
  open_turn_impl(core, turn,
                 [state = state, plan_with](
                   expected<std::shared_ptr<llm_accessor::impl>> opened) {
                   if (opened)
                     plan_with(*opened);
                   else
                     state->settle(opened.error());
                 });
  return made;
}

} // namespace byollm
