// SPDX-License-Identifier: Apache-2.0
#include "providers/stream/reply_builder.hpp"

#include "messages/limits.hpp"
#include "providers/json/document.hpp"
#include "providers/json/members.hpp"
#include "providers/json/text.hpp"
#include "providers/json/writer.hpp"
#include "providers/stream/provider_error.hpp"

namespace byollm {

namespace {

/// Returns the string of `block` that pieces of `kind` continue, or null.
std::string* target_of(content_block& block, delta::kind kind) noexcept {
  switch (kind) {
  case delta::kind::text: {
    auto* text = std::get_if<text_block>(&block);
    return text ? &text->text : nullptr;
  }
  case delta::kind::thinking:
  case delta::kind::signature: {
    auto* thought = std::get_if<thinking_block>(&block);
    if (!thought || thought->redacted)
      return nullptr;
    return kind == delta::kind::thinking ? &thought->text : &thought->signature;
  }
  case delta::kind::tool_input: {
    auto* use = std::get_if<tool_use_block>(&block);
    return use ? &use->input_json : nullptr;
  }
  case delta::kind::tool_start:
  case delta::kind::block:
  case delta::kind::keep_alive:
    break;
  }
  return nullptr;
}

size_t size_of(const text_block& block) noexcept {
  return block.text.size();
}

size_t size_of(const thinking_block& block) noexcept {
  return block.text.size() + block.signature.size();
}

size_t size_of(const tool_use_block& block) noexcept {
  return block.id.size() + block.name.size();
}

size_t size_of(const opaque_block& block) noexcept {
  return block.json.size();
}

template <class Block>
size_t size_of(const Block&) noexcept {
  return 0;
}

/// Makes arguments whole that came in pieces; returns whether they are.
bool close_input(std::string& input) {
  if (input.empty())
    input = "{}";
  // Fragments may have been cut between surrogates.
  std::string scratch;
  if (auto sound = json::repaired(input, scratch); sound.data() != input.data())
    input = sound;
  return json::check(input, true) == json::verdict::good;
}

/// Whether an answer that stops so may have stopped in the middle of a call.
bool stops_anywhere(stop_reason stop) noexcept {
  return stop == stop_reason::max_tokens || stop == stop_reason::refusal;
}

/// An encrypted thought in the words of who has such.
std::string json_of(const thinking_block& thought) {
  std::string out;
  json::writer{out}
    .begin_object()
    .member("type", "redacted_thinking")
    .member("data", thought.text)
    .end_object();
  return out;
}

failure too_large(std::string_view detail, std::string_view bound = {}) {
  auto why = broken_answer(errc::answer_too_large, detail);
  why.parameter = bound;
  return why;
}

} // namespace

expected<reply_builder::place> reply_builder::open(content_block block) {
  auto at = static_cast<place>(reply_.content.size());
  if (at >= limits::content_blocks_max)
    return too_large("the answer has too many content blocks");
  if (auto* use = std::get_if<tool_use_block>(&block))
    if (auto taken = take_labels(*use); !taken)
      return std::move(taken).error();
  auto size = std::visit([](auto& what) { return size_of(what); }, block);
  if (auto grown = grow(size); !grown)
    return std::move(grown).error();
  auto& held = reply_.content.emplace_back(std::move(block));
  if (auto* use = std::get_if<tool_use_block>(&held)) {
    has_tool_use_ = true;
    emit({delta::kind::tool_start, at, {}, use->id, use->name});
    return at;
  }
  if (auto* thought = std::get_if<thinking_block>(&held);
      thought && thought->redacted) {
    emit({delta::kind::block, at, json_of(*thought)});
    return at;
  }
  if (auto* opaque = std::get_if<opaque_block>(&held)) {
    emit({delta::kind::block, at, opaque->json});
    inputs_.emplace(at, std::string{});
    return at;
  }
  for (auto kind :
       {delta::kind::text, delta::kind::thinking, delta::kind::signature})
    if (auto* text = target_of(held, kind); text && !text->empty())
      emit({kind, at, *text});
  return at;
}

expected<reply_builder::place> reply_builder::continued(delta::kind kind) {
  auto& content = reply_.content;
  if (!content.empty() && target_of(content.back(), kind))
    return static_cast<place>(content.size() - 1);
  if (kind == delta::kind::thinking)
    return open(thinking_block{});
  return open(text_block{});
}

status reply_builder::append(place at, delta::kind kind,
                             std::string_view piece) {
  auto* target = at < reply_.content.size()
                   ? target_of(reply_.content[at], kind)
                   : nullptr;
  if (kind == delta::kind::tool_input && !target)
    target = input_of(at);
  if (!target)
    return broken_answer(errc::protocol,
                         "a piece of the answer does not fit its block");
  if (piece.empty())
    return unit{};
  if (kind == delta::kind::tool_input
      && target->size() + piece.size() > limits::tool_input_bytes_max)
    return too_large("the arguments of a tool call are too long");
  if (auto grown = grow(piece.size()); !grown)
    return grown;
  target->append(piece);
  emit({kind, at, std::string{piece}});
  return unit{};
}

status reply_builder::append(delta::kind kind, std::string_view piece) {
  if (piece.empty())
    return unit{};
  auto at = continued(kind);
  return at ? append(*at, kind, piece) : status{std::move(at).error()};
}

status reply_builder::close() {
  std::vector<place> cut;
  for (place at = 0; at < reply_.content.size(); ++at) {
    if (close_call(at))
      continue;
    if (!stops_anywhere(reply_.stop))
      return broken_answer(errc::protocol,
                           "a tool call's arguments are not a JSON object");
    cut.push_back(at);
  }
  inputs_.clear();
  leave_out(cut);
  return unit{};
}

/// Makes the block at `at` whole if it is a call; returns whether it is.
bool reply_builder::close_call(place at) {
  auto& block = reply_.content[at];
  if (auto* use = std::get_if<tool_use_block>(&block))
    return !is_doubtful(at) && close_input(use->input_json);
  auto* input = input_of(at);
  if (!input || input->empty())
    return true;
  if (!close_input(*input))
    return false;
  auto& opaque = std::get<opaque_block>(block);
  opaque.json = json::with_member(opaque.json, "input", *input);
  return true;
}

/// Whether the call at `at` may have been cut although its arguments are sound:
/// it is the last thing of an answer that was stopped, and they had not begun,
/// or the provider made whole what there was.
bool reply_builder::is_doubtful(place at) const noexcept {
  const auto& use = std::get<tool_use_block>(reply_.content[at]);
  return stops_anywhere(reply_.stop) && at + 1 == reply_.content.size()
         && (use.input_json.empty() || inputs_come_mended_);
}

void reply_builder::leave_out(const std::vector<place>& cut) {
  if (cut.empty())
    return;
  for (auto at = cut.rbegin(); at != cut.rend(); ++at)
    reply_.content.erase(reply_.content.begin() + *at);
  reply_.losses.push_back(
    {lost::cut_call, "the answer stopped in the middle of a tool call"});
}

std::string* reply_builder::input_of(place at) noexcept {
  auto found = inputs_.find(at);
  return found == inputs_.end() ? nullptr : &found->second;
}

/// What looks for the key reads each byte of these, several times over.
status reply_builder::take_labels(const tool_use_block& use) {
  if (use.id.size() > limits::tool_id_bytes_max)
    return too_large("the id of a tool call is too long", "tool_id_bytes_max");
  if (use.name.size() > limits::tool_name_bytes_max)
    return too_large("the name of a tool that is called is too long",
                     "tool_name_bytes_max");
  labels_bytes_ += use.id.size() + use.name.size();
  if (labels_bytes_ > limits::tool_labels_bytes_max)
    return too_large("the ids and names of tool calls are too long",
                     "tool_labels_bytes_max");
  return unit{};
}

status reply_builder::grow(size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > limits::answer_bytes_max)
    return too_large("the answer is too long");
  return unit{};
}

void reply_builder::emit(delta piece) {
  if (out_)
    out_->push_back(std::move(piece));
}

} // namespace byollm
