// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/anthropic_thinking.hpp"

#include "messages/limits.hpp"
#include "providers/kinds/shared/encoding.hpp"

#include <algorithm>
#include <array>

namespace byollm::kinds {

namespace {

using effort = thinking_wish::effort;

// What Anthropic takes at least.
constexpr int64_t budget_min = 1'024;

// Those that think within a number of tokens; their names end in a date, or in
// a later minor version that is named here.
constexpr std::array budget_models = {
  "claude-3",          "claude-opus-4-0",   "claude-opus-4-1",
  "claude-opus-4-2",   "claude-opus-4-5",   "claude-sonnet-4-0",
  "claude-sonnet-4-2", "claude-sonnet-4-5", "claude-haiku-4",
};

int64_t budget_of(const thinking_wish& wish) {
  if (wish.budget_tokens)
    return std::max(*wish.budget_tokens, budget_min);
  constexpr std::array<int64_t, 4> budgets = {0, budget_min, 4'096, 16'384};
  return budgets[static_cast<size_t>(wish.how)];
}

status append_budget(json::writer& to, const encode_input& in) {
  const auto& wish = *in.request.thinking;
  auto most = in.params.max_tokens.value_or(limits::max_tokens_default);
  // The budget is a part of max_tokens, and must leave some of it.
  if (most <= budget_min)
    return invalid_request("max_tokens", "a model that thinks needs more than "
                                         "1,024 tokens");
  to.key("thinking").begin_object().member("type", "enabled");
  to.key("budget_tokens").number(std::min(budget_of(wish), most - 1));
  to.end_object();
  return unit{};
}

} // namespace

status append_thinking(json::writer& to, const encode_input& in) {
  const auto& wish = in.request.thinking;
  const auto& format = in.request.output;
  auto has_effort = wish && wish->how != effort::off
                    && !starts_with_any(in.model, budget_models);
  if (wish && wish->how == effort::off) {
    to.key("thinking").begin_object().member("type", "disabled").end_object();
  } else if (has_effort) {
    to.key("thinking").begin_object().member("type", "adaptive").end_object();
  } else if (wish) {
    if (auto good = append_budget(to, in); !good)
      return good;
  }
  if (!has_effort && !format)
    return unit{};
  to.key("output_config").begin_object();
  if (has_effort)
    to.member("effort", to_string(wish->how));
  if (format) {
    to.key("format").begin_object().member("type", "json_schema").key("schema");
    if (auto good = append_object(to, format->schema_json, "output"); !good)
      return good;
    to.end_object();
  }
  to.end_object();
  return unit{};
}

} // namespace byollm::kinds
