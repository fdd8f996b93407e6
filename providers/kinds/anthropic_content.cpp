// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/anthropic_content.hpp"

#include "providers/kinds/shared/encoding.hpp"

#include <utility>

namespace byollm::kinds {

namespace {

status append(json::writer& to, const text_block& text) {
  append_text(to, text);
  return unit{};
}

status append(json::writer& to, const image_block& image) {
  to.begin_object().member("type", "image").key("source").begin_object();
  if (image.url.empty())
    to.member("type", "base64")
      .member("media_type", image.media_type)
      .member("data", image.data);
  else
    to.member("type", "url").member("url", image.url);
  to.end_object();
  append_cache_mark(to, image.cache_mark);
  to.end_object();
  return unit{};
}

status append(json::writer& to, const tool_use_block& use) {
  to.begin_object().member("type", "tool_use").member("id", use.id);
  to.member("name", use.name).key("input");
  if (auto good = append_object(to, use.input_json, "messages"); !good)
    return good;
  to.end_object();
  return unit{};
}

status append_result(json::writer& to, const tool_result_block& result) {
  if (result.images.empty()) {
    to.string(result.text);
    return unit{};
  }
  to.begin_array();
  if (!result.text.empty())
    append_text(to, text_block{result.text});
  for (const auto& image : result.images)
    if (auto good = append(to, image); !good)
      return good;
  to.end_array();
  return unit{};
}

status append(json::writer& to, const tool_result_block& result) {
  to.begin_object().member("type", "tool_result");
  to.member("tool_use_id", result.tool_use_id).key("content");
  if (auto good = append_result(to, result); !good)
    return good;
  if (result.is_error)
    to.member("is_error", true);
  append_cache_mark(to, result.cache_mark);
  to.end_object();
  return unit{};
}

status append(json::writer& to, const thinking_block& thought) {
  to.begin_object();
  if (thought.redacted)
    to.member("type", "redacted_thinking").member("data", thought.text);
  else
    to.member("type", "thinking")
      .member("thinking", thought.text)
      .member("signature", thought.signature);
  to.end_object();
  return unit{};
}

status append(json::writer& to, const opaque_block& block) {
  return append_object(to, block.json, "messages");
}

} // namespace

void append_cache_mark(json::writer& to, bool marked) {
  if (marked)
    to.key("cache_control")
      .begin_object()
      .member("type", "ephemeral")
      .end_object();
}

void append_text(json::writer& to, const text_block& text) {
  to.begin_object().member("type", "text").member("text", text.text);
  append_cache_mark(to, text.cache_mark);
  to.end_object();
}

bool is_carried(const content_block& block) noexcept {
  if (auto* text = std::get_if<text_block>(&block))
    return !text->text.empty();
  if (auto* thought = std::get_if<thinking_block>(&block))
    return thought->redacted || !thought->signature.empty();
  if (auto* opaque = std::get_if<opaque_block>(&block))
    return opaque->dialect == "anthropic";
  return true;
}

status append_message(json::writer& to, const chat_message& message,
                      bool with_thoughts) {
  bool any = false;
  for (auto& block : message.content) {
    auto is_kept
      = with_thoughts || !std::holds_alternative<thinking_block>(block);
    if (!is_kept || !is_carried(block))
      continue;
    if (!std::exchange(any, true))
      to.begin_object()
        .member("role", message.who == role::user ? "user" : "assistant")
        .key("content")
        .begin_array();
    auto good = std::visit([&](auto& what) { return append(to, what); }, block);
    if (!good)
      return good;
  }
  if (any)
    to.end_array().end_object();
  return unit{};
}

} // namespace byollm::kinds
