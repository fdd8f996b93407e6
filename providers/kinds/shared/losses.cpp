// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/losses.hpp"

#include <algorithm>
#include <array>

namespace byollm::kinds {

namespace {

template <class Block, class Test>
bool any_block(const create_message_request& request, Test test) {
  for (const auto& message : request.messages)
    for (const auto& block : message.content)
      if (auto* found = std::get_if<Block>(&block); found && test(*found))
        return true;
  return false;
}

bool loses_thoughts(const create_message_request& request,
                    places::thoughts taken) {
  return any_block<thinking_block>(request, [&](const thinking_block& thought) {
    switch (taken) {
    case places::no_thoughts:
      break;
    case places::signed_thoughts:
      return !thought.redacted && thought.signature.empty();
    case places::readable_thoughts:
      return thought.redacted;
    }
    return true;
  });
}

std::string_view words_for(places::thoughts taken) noexcept {
  constexpr std::array<std::string_view, 3> words
    = {" takes no thoughts back", " takes back only thoughts of its own",
       " takes back only thoughts that can be read"};
  return words[taken];
}

bool has_cache_marks(const create_message_request& request) {
  auto marked = [](const auto& x) { return x.cache_mark; };
  return std::ranges::any_of(request.system_blocks, marked)
         || std::ranges::any_of(request.tools, marked)
         || any_block<text_block>(request, marked)
         || any_block<image_block>(request, marked)
         || any_block<tool_result_block>(request, marked);
}

bool has_error_marks(const create_message_request& request) {
  return any_block<tool_result_block>(
    request, [](const tool_result_block& result) { return result.is_error; });
}

bool loses_blocks(const create_message_request& request, const places& there) {
  for (const auto& message : request.messages)
    for (const auto& block : message.content) {
      auto* opaque = std::get_if<opaque_block>(&block);
      if (!opaque)
        continue;
      auto has_place
        = there.own_blocks == places::by_all
          || (there.own_blocks == places::by_user && message.who == role::user);
      if (!has_place || opaque->dialect != there.name)
        return true;
    }
  return false;
}

bool has_result_images(const create_message_request& request) {
  return any_block<tool_result_block>(
    request, [](const tool_result_block& x) { return !x.images.empty(); });
}

bool loses_metadata(const create_message_request& request, bool takes_user_id) {
  return std::ranges::any_of(request.metadata, [&](const auto& entry) {
    return !takes_user_id || entry.first != "user_id";
  });
}

} // namespace

std::vector<loss> losses_of(const encode_input& in, const places& there) {
  const auto& request = in.request;
  std::vector<loss> result;
  auto add = [&](bool is_lost, lost what, std::string_view words) {
    if (is_lost)
      result.push_back({what, std::string{there.in_words}.append(words)});
  };
  add(loses_thoughts(request, there.takes_back), lost::thoughts,
      words_for(there.takes_back));
  add(!there.seed && request.seed, lost::seed, " takes no seed");
  add(loses_metadata(request, there.user_id), lost::metadata,
      there.user_id ? " takes no metadata but user_id" : " takes no metadata");
  add(!there.cache_marks && has_cache_marks(request), lost::cache_marks,
      " takes no cache marks");
  add(!there.error_marks && has_error_marks(request), lost::error_marks,
      " does not tell a tool's errors from its results");
  add(!there.one_at_a_time && request.choice && request.choice->one_at_a_time,
      lost::one_at_a_time, " cannot keep a model to one tool at a time");
  add(loses_blocks(request, there), lost::blocks,
      " has no place for blocks of another dialect");
  add(!there.result_images && has_result_images(request), lost::result_images,
      " takes no images as a tool's result");
  auto is_ours = request.extra && request.extra->dialect == there.name;
  add(request.extra && !is_ours, lost::extra,
      " is not the dialect of the extra fields");
  if (is_ours && !in.takes_extra)
    result.push_back(
      {lost::extra, "the platform's LLM takes no fields of its callers"});
  return result;
}

} // namespace byollm::kinds
