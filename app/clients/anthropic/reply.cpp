// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/wishes.hpp"

#include <algorithm>

namespace byollm::clients::anthropic {

namespace {

struct block_writer {
  json::writer& to;

  void operator()(const text_block& block) const {
    to.begin_object().member("type", "text").member("text", block.text);
    to.key("citations").null().end_object();
  }

  void operator()(const thinking_block& block) const {
    to.begin_object();
    if (block.redacted)
      to.member("type", "redacted_thinking").member("data", block.text);
    else
      to.member("type", "thinking")
        .member("thinking", block.text)
        .member("signature", block.signature);
    to.end_object();
  }

  void operator()(const tool_use_block& block) const {
    to.begin_object().member("type", "tool_use").member("id", block.id);
    to.member("name", block.name).key("input").checked(block.input_json);
    to.end_object();
  }

  void operator()(const opaque_block& block) const {
    if (block.dialect == "anthropic")
      to.checked(block.json);
  }

  // An answer holds none.
  void operator()(const image_block&) const {
    // nop
  }

  void operator()(const tool_result_block&) const {
    // nop
  }
};

std::string_view stop_text(stop_reason stop) noexcept {
  switch (stop) {
  case stop_reason::max_tokens:
    return "max_tokens";
  case stop_reason::stop_sequence:
    return "stop_sequence";
  case stop_reason::tool_use:
    return "tool_use";
  case stop_reason::refusal:
    return "refusal";
  case stop_reason::pause:
    return "pause_turn";
  default:
    return "end_turn";
  }
}

} // namespace

void append_stop(json::writer& to, const message_reply& got) {
  to.member("stop_reason", stop_text(got.stop)).key("stop_sequence");
  got.stop_sequence.empty() ? to.null() : to.string(got.stop_sequence);
}

void append_usage(json::writer& to, const token_usage& usage) {
  auto append = [&to](std::string_view name, uint64_t count) {
    to.key(name).number(static_cast<int64_t>(count));
  };
  to.key("usage").begin_object();
  append("input_tokens", usage.input_uncached.value_or(0));
  append("output_tokens", usage.output.value_or(0));
  if (usage.cache_write)
    append("cache_creation_input_tokens", *usage.cache_write);
  if (usage.cache_read)
    append("cache_read_input_tokens", *usage.cache_read);
  to.end_object();
}

std::string message_id(const call_facts& facts) {
  std::string made = "msg_" + facts.call;
  std::erase(made, '-');
  return made;
}

void note_unsaid(const message_reply& got, std::vector<loss>& losses) {
  for (const auto& block : got.content)
    if (auto opaque = std::get_if<opaque_block>(&block);
        opaque && opaque->dialect != "anthropic")
      note(losses, lost::answer_parts,
           "Anthropic's clients have no place for blocks of another dialect");
}

std::string render(const message_reply& got, const call_facts& facts) {
  std::string out;
  json::writer to{out};
  to.begin_object().member("id", message_id(facts)).member("type", "message");
  to.member("role", "assistant").member("model", got.model);
  to.key("content").begin_array();
  for (const auto& block : got.content)
    std::visit(block_writer{to}, block);
  to.end_array();
  append_stop(to, got);
  append_usage(to, got.usage);
  to.end_object();
  return out;
}

} // namespace byollm::clients::anthropic
