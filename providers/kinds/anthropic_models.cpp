// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/anthropic_models.hpp"

#include "messages/limits.hpp"

namespace byollm::kinds {

namespace {

using action = parameter_rule::action;

// From this version of the API on nothing is sampled otherwise.
constexpr auto version_without_sampling = "2026-10-21";

parameter_rule drop(parameter which, std::string_view why,
                    std::string_view model = {}) {
  return {which, std::string{model}, action::drop, std::string{why}, {}};
}

void add_model_rules(std::vector<parameter_rule>& to,
                     const anthropic_model& model) {
  if (model.takes == samples::by_none)
    for (auto which : {parameter::temperature, parameter::top_p})
      to.push_back(drop(which, "the model takes none", model.prefix));
  if (model.takes == samples::by_one) {
    auto rule = drop(parameter::top_p,
                     "the model takes temperature or top_p, and not both",
                     model.prefix);
    rule.beside = parameter::temperature;
    to.push_back(std::move(rule));
  }
}

std::vector<parameter_rule> make_rules() {
  std::vector<parameter_rule> rules;
  for (auto which : {parameter::presence_penalty, parameter::frequency_penalty})
    rules.push_back(drop(which, "Anthropic takes no penalties"));
  for (auto which : {parameter::temperature, parameter::top_p}) {
    auto by_version = drop(which, "this version of Anthropic's API takes none");
    by_version.since_version = version_without_sampling;
    rules.push_back(std::move(by_version));
    auto by_thinking
      = drop(which, "a model that thinks is not sampled otherwise");
    by_thinking.with_thinking = true;
    rules.push_back(std::move(by_thinking));
  }
  for (const auto& model : anthropic_models)
    add_model_rules(rules, model);
  parameter_rule most{
    parameter::temperature, "", action::clamp, "Anthropic takes up to 1", {}};
  most.at_most = 1;
  rules.push_back(std::move(most));
  rules.push_back({parameter::max_tokens, "", action::require,
                   "Anthropic requires it", limits::max_tokens_default});
  return rules;
}

} // namespace

provider_traits anthropic_traits() {
  return {.name = "anthropic",
          .default_base_url = "https://api.anthropic.com",
          .requires_key = true,
          .rules = make_rules(),
          .counts_tokens = true,
          .api_version = std::string{anthropic_version},
          .version_header = "anthropic-version"};
}

const anthropic_model& anthropic_model_of(std::string_view model) noexcept {
  static constexpr anthropic_model unknown{""};
  for (const auto& each : anthropic_models)
    if (model.starts_with(each.prefix))
      return each;
  return unknown;
}

} // namespace byollm::kinds
