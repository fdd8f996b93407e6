// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/anthropic_turn.hpp"

#include "providers/kinds/anthropic_content.hpp"
#include "providers/kinds/anthropic_models.hpp"
#include "providers/kinds/shared/encoding.hpp"

#include <algorithm>

namespace byollm::kinds {

namespace {

/// Returns the message with which the assistant's turn began that waits for
/// more; null if the user began a new one. Messages of one role that follow
/// each other are one to Anthropic.
const chat_message*
turn_under_way(const std::vector<chat_message>& all) noexcept {
  const chat_message* first = nullptr;
  bool after_user = false;
  bool has_result = false;
  for (const auto& message : all) {
    if (message.who == role::user) {
      has_result
        = (after_user && has_result) || holds<tool_result_block>(message);
      after_user = true;
      continue;
    }
    if (!first || (after_user && !has_result))
      first = &message;
    after_user = false;
  }
  return after_user && !has_result ? nullptr : first;
}

bool begins_with_thought(const chat_message& message) noexcept {
  auto first = std::ranges::find_if(message.content, is_carried);
  return first != message.content.end()
         && std::holds_alternative<thinking_block>(*first);
}

bool forces_tool(const create_message_request& request) noexcept {
  using mode = tool_choice::mode;
  return !request.tools.empty() && request.choice
         && (request.choice->how == mode::any
             || request.choice->how == mode::one);
}

} // namespace

std::string_view why_not_think(const encode_input& in) noexcept {
  const auto& wish = in.request.thinking;
  if (!wish || wish->how == thinking_wish::effort::off
      || anthropic_model_of(in.model).how != thinks::by_budget)
    return {};
  if (forces_tool(in.request))
    return "the model does not think when it must call a tool";
  auto* first = turn_under_way(in.request.messages);
  if (first && !begins_with_thought(*first))
    return "the model's turn began without a thought that Anthropic signed";
  return {};
}

} // namespace byollm::kinds
