// SPDX-License-Identifier: Apache-2.0
#include "actors/policy_rules.hpp"

#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

bool covers(const std::string& pattern, const std::string& model) {
  if (!pattern.ends_with('*'))
    return pattern == model;
  return model.starts_with(
    std::string_view{pattern}.substr(0, pattern.size() - 1));
}

failure bad_policy(const char* name, std::string detail) {
  return {errc::invalid_config, std::move(detail), name};
}

status check_values(const extension_policy& may) {
  auto is_too_long = [](const auto& list) {
    return list && list->size() > limits::policy_names_max;
  };
  if (is_too_long(may.purposes) || is_too_long(may.models))
    return failure{errc::limit_exceeded,
                   "a policy names at most 256 purposes and 256 models",
                   "policy"};
  auto no_purpose = [](const std::string& purpose) {
    return !purpose.empty() && !is_valid_id(purpose);
  };
  if (may.purposes && std::ranges::any_of(*may.purposes, no_purpose))
    return bad_policy("purposes",
                      "a purpose has 1 to 128 bytes of [A-Za-z0-9._:@-]");
  auto no_model
    = [](const std::string& model) { return !is_model_name(model); };
  if (may.models && std::ranges::any_of(*may.models, no_model))
    return bad_policy("models", "a model name has 1 to 256 bytes of visible "
                                "ASCII, no spaces; it may end in *");
  if (may == extension_policy{})
    return bad_policy("policy", "the policy bounds nothing; remove it instead");
  return unit{};
}

} // namespace

status check_purpose(const extension_policy* policy,
                     const std::string& purpose) {
  if (!policy || !policy->purposes
      || std::ranges::find(*policy->purposes, purpose)
           != policy->purposes->end())
    return unit{};
  return failure{errc::forbidden,
                 purpose.empty()
                   ? "the extension's policy asks for a purpose"
                   : "the extension's policy does not have this purpose",
                 "purpose"};
}

status check_model_allowed(const extension_policy* policy,
                           const std::string& model) {
  if (!policy || !policy->models
      || std::ranges::any_of(*policy->models, [&](const std::string& pattern) {
           return covers(pattern, model);
         }))
    return unit{};
  return failure{errc::forbidden,
                 "the extension's policy does not have the model that answers",
                 "model"};
}

status check_allowance(const extension_policy& policy, uint64_t calls,
                       uint64_t tokens) {
  auto used_up = [](const char* what) {
    return failure{errc::allowance_exhausted,
                   "the extension's policy allows no more today", what};
  };
  if (policy.calls_per_day && calls >= *policy.calls_per_day)
    return used_up("calls_per_day");
  if (policy.tokens_per_day && tokens >= *policy.tokens_per_day)
    return used_up("tokens_per_day");
  return unit{};
}

uint64_t tokens_spent(const outcome_record& outcome) noexcept {
  const auto& usage = outcome.usage;
  if (usage.from == token_usage::source::none)
    return outcome.sent == certainty::no
             ? 0
             : static_cast<uint64_t>(limits::max_tokens_default);
  return usage.input_uncached.value_or(0) + usage.cache_read.value_or(0)
         + usage.cache_write.value_or(0) + usage.output.value_or(0);
}

status change_policy(policy_table& table,
                     const platform_change::policy_entry& wanted) {
  if (wanted.extension != any_extension && !is_valid_id(wanted.extension))
    return bad_policy("extension", "an extension has 1 to 128 bytes of "
                                   "[A-Za-z0-9._:@-], or is * for all others");
  if (!wanted.may) {
    if (table.erase(wanted.extension) == 0)
      return failure{errc::not_found, "this extension has no policy"};
    return unit{};
  }
  if (auto valid = check_values(*wanted.may); !valid)
    return valid;
  if (table.size() >= limits::policies_max
      && table.count(wanted.extension) == 0)
    return failure{errc::limit_exceeded, "more than 1,024 policies",
                   "policies"};
  table.insert_or_assign(wanted.extension, *wanted.may);
  return unit{};
}

} // namespace byollm
