// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/anthropic_thinking.hpp"

#include "messages/limits.hpp"
#include "providers/kinds/anthropic_content.hpp"
#include "providers/kinds/anthropic_models.hpp"
#include "providers/kinds/anthropic_turn.hpp"
#include "providers/kinds/shared/encoding.hpp"

#include <algorithm>
#include <array>

namespace byollm::kinds {

namespace {

using effort = thinking_wish::effort;

// What Anthropic takes at least.
constexpr int64_t budget_min = 1'024;

int64_t tokens_for(effort how) noexcept {
  constexpr std::array<int64_t, 4> budgets = {0, budget_min, 4'096, 16'384};
  return budgets[static_cast<size_t>(how)];
}

// What the answer needs room for: a budget is a part of max_tokens.
constexpr int64_t without_answer(int64_t most) noexcept {
  return std::max(budget_min, most - most / 4);
}

bool has_carried_thought(const create_message_request& request) noexcept {
  auto is_one = [](const content_block& block) {
    return std::holds_alternative<thinking_block>(block) && is_carried(block);
  };
  return std::ranges::any_of(request.messages, [&](const auto& message) {
    return std::ranges::any_of(message.content, is_one);
  });
}

void lose_thinking(const create_message_request& request, std::string_view why,
                   std::vector<loss>& losses) {
  losses.push_back({lost::thinking, std::string{why}});
  auto is_told = [](const loss& each) { return each.what == lost::thoughts; };
  if (has_carried_thought(request) && std::ranges::none_of(losses, is_told))
    losses.push_back(
      {lost::thoughts, "Anthropic takes thoughts back where it thinks"});
}

status append_budget(json::writer& to, const encode_input& in,
                     std::vector<loss>& losses) {
  auto most = in.params.max_tokens.value_or(limits::max_tokens_default);
  if (most <= budget_min)
    return invalid_request("max_tokens", "a model that thinks needs more than "
                                         "1,024 tokens");
  const auto& wish = *in.request.thinking;
  auto budget
    = std::max(wish.budget_tokens.value_or(tokens_for(wish.how)), budget_min);
  // Who named a budget may leave the answer as little as he likes, but some.
  if (!wish.budget_tokens) {
    budget = std::min(budget, without_answer(most));
  } else if (budget >= most) {
    budget = without_answer(most);
    losses.push_back({lost::effort, "max_tokens has no room for the budget"});
  }
  to.key("thinking").begin_object().member("type", "enabled");
  to.key("budget_tokens").number(budget).end_object();
  return unit{};
}

void append_adaptive(json::writer& to, const anthropic_model& model) {
  to.key("thinking").begin_object().member("type", "adaptive");
  if (model.hides_thoughts)
    to.member("display", "summarized");
  to.end_object();
}

status append_output_config(json::writer& to, const encode_input& in,
                            bool has_effort, std::vector<loss>& losses) {
  const auto* format = in.request.output ? &*in.request.output : nullptr;
  // A schema of any object is refused: each must say what there may be.
  if (format && format->schema_json.empty()) {
    losses.push_back(
      {lost::output, "Anthropic keeps answers to a schema, not to JSON alone"});
    format = nullptr;
  }
  if (!has_effort && !format)
    return unit{};
  to.key("output_config").begin_object();
  if (has_effort)
    to.member("effort", to_string(in.request.thinking->how));
  if (format) {
    to.key("format").begin_object().member("type", "json_schema").key("schema");
    if (auto good = append_object(to, format->schema_json, "output"); !good)
      return good;
    to.end_object();
  }
  to.end_object();
  return unit{};
}

} // namespace

status append_thinking(json::writer& to, const encode_input& in,
                       std::vector<loss>& losses) {
  const auto& wish = in.request.thinking;
  if (!wish)
    return append_output_config(to, in, false, losses);
  const auto& model = anthropic_model_of(in.model);
  if (wish->how == effort::off) {
    if (model.how == thinks::always)
      losses.push_back({lost::thinking, "the model always thinks"});
    else
      to.key("thinking").begin_object().member("type", "disabled").end_object();
    return append_output_config(to, in, false, losses);
  }
  if (model.how == thinks::by_budget) {
    if (auto why = why_not_think(in); !why.empty())
      lose_thinking(in.request, why, losses);
    else if (auto good = append_budget(to, in, losses); !good)
      return good;
    return append_output_config(to, in, false, losses);
  }
  append_adaptive(to, model);
  if (wish->budget_tokens)
    losses.push_back(
      {lost::effort, "the model takes an effort, and no number of tokens"});
  return append_output_config(to, in, true, losses);
}

} // namespace byollm::kinds
