// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"
#include "app/clients/wishes.hpp"

#include <utility>

namespace byollm::clients::openai {

namespace {

void append_calls(json::writer& to, const message_reply& got) {
  bool any = false;
  for (const auto& block : got.content) {
    auto use = std::get_if<tool_use_block>(&block);
    if (!use)
      continue;
    if (!std::exchange(any, true))
      to.key("tool_calls").begin_array();
    to.begin_object().member("id", use->id).member("type", "function");
    to.key("function").begin_object().member("name", use->name);
    to.member("arguments", use->input_json).end_object().end_object();
  }
  if (any)
    to.end_array();
}

std::string thoughts_of(const message_reply& got) {
  std::string made;
  for (const auto& block : got.content)
    if (auto thought = std::get_if<thinking_block>(&block);
        thought && !thought->redacted)
      made += thought->text;
  return made;
}

void append_message(json::writer& to, const message_reply& got) {
  to.key("message").begin_object().member("role", "assistant").key("content");
  if (auto text = got.text(); !text.empty())
    to.string(text);
  else
    to.null();
  to.key("refusal").null();
  if (auto thoughts = thoughts_of(got); !thoughts.empty())
    to.member("reasoning_content", thoughts);
  append_calls(to, got);
  to.end_object();
}

void append_count(json::writer& to, std::string_view name, uint64_t count) {
  to.key(name).number(static_cast<int64_t>(count));
}

} // namespace

std::string_view finish_reason(stop_reason stop) noexcept {
  switch (stop) {
  case stop_reason::max_tokens:
    return "length";
  case stop_reason::tool_use:
    return "tool_calls";
  case stop_reason::refusal:
    return "content_filter";
  default:
    return "stop";
  }
}

// OpenAI's counts include what came from the cache, and what went there.
void append_usage(json::writer& to, const token_usage& usage) {
  if (!usage.input_uncached || !usage.output)
    return;
  auto prompt = *usage.input_uncached + usage.cache_read.value_or(0)
                + usage.cache_write.value_or(0);
  to.key("usage").begin_object();
  append_count(to, "prompt_tokens", prompt);
  append_count(to, "completion_tokens", *usage.output);
  append_count(to, "total_tokens", prompt + *usage.output);
  if (usage.cache_read || usage.cache_write) {
    to.key("prompt_tokens_details").begin_object();
    if (usage.cache_read)
      append_count(to, "cached_tokens", *usage.cache_read);
    if (usage.cache_write)
      append_count(to, "cache_write_tokens", *usage.cache_write);
    to.end_object();
  }
  if (usage.reasoning) {
    to.key("completion_tokens_details").begin_object();
    append_count(to, "reasoning_tokens", *usage.reasoning);
    to.end_object();
  }
  to.end_object();
}

void append_head(json::writer& to, std::string_view object,
                 const call_facts& facts, std::string_view model) {
  to.member("id", "chatcmpl-" + facts.call).member("object", object);
  to.key("created").number(facts.created_unix_s).member("model", model);
}

void note_unsaid(const message_reply& got, std::vector<loss>& losses) {
  for (const auto& block : got.content) {
    auto thought = std::get_if<thinking_block>(&block);
    if (std::holds_alternative<opaque_block>(block)
        || (thought && thought->redacted))
      note(losses, lost::answer_parts,
           "OpenAI's clients have no place for blocks of another dialect");
  }
}

std::string render(const message_reply& got, const call_facts& facts) {
  std::string out;
  json::writer to{out};
  to.begin_object();
  append_head(to, "chat.completion", facts, got.model);
  to.key("choices").begin_array().begin_object();
  to.key("index").number(int64_t{0});
  append_message(to, got);
  to.key("logprobs").null();
  to.member("finish_reason", finish_reason(got.stop));
  to.end_object().end_array();
  append_usage(to, got.usage);
  to.end_object();
  return out;
}

} // namespace byollm::clients::openai
