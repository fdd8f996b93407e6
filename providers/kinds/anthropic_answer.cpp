// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/anthropic_answer.hpp"

#include "messages/limits.hpp"
#include "providers/json/members.hpp"
#include "providers/stream/framed_decoder.hpp"
#include "providers/stream/provider_error.hpp"

#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace byollm::kinds {

namespace {

using json::find;
using json::is_given;
using json::text_of;

stop_reason stop_of(std::string_view text) noexcept {
  if (text == "end_turn")
    return stop_reason::end_turn;
  if (text == "max_tokens" || text == "model_context_window_exceeded")
    return stop_reason::max_tokens;
  if (text == "stop_sequence")
    return stop_reason::stop_sequence;
  if (text == "tool_use")
    return stop_reason::tool_use;
  if (text == "refusal")
    return stop_reason::refusal;
  if (text == "pause_turn")
    return stop_reason::pause;
  return stop_reason::unknown;
}

class anthropic_decoder final : public framed_decoder {
public:
  explicit anthropic_decoder(bool stream)
      : framed_decoder(framing::sse, stream, {"input"}) {
    // nop
  }

private:
  status read_whole(const json::value& root) override {
    auto* content = find(root, "content");
    if (!content || !content->is_array())
      return broken_answer(errc::protocol, "the answer has no content");
    read_head(root);
    read_usage(find(root, "usage"), true);
    read_stop(&root);
    // Of a call that was cut, Anthropic tells the members that it has.
    build().inputs_come_mended();
    size_t index = 0;
    for (auto& block : json::elements(content))
      if (auto at = open(block, index++); !at)
        return std::move(at).error();
    return unit{};
  }

  status read_piece(std::string_view name, std::string_view data) override {
    // New event types come without notice, pings at any time.
    if (!name.empty() && !is_known(name)) {
      note_life();
      return unit{};
    }
    auto root = parse(data);
    if (!root)
      return std::move(root).error();
    auto type = text_of(find(**root, "type"));
    return read_event(type.empty() ? name : type, **root);
  }

  static bool is_known(std::string_view name) noexcept {
    return name == "message_start" || name == "content_block_start"
           || name == "content_block_delta" || name == "content_block_stop"
           || name == "message_delta" || name == "message_stop"
           || name == "error" || name == "message";
  }

  status read_event(std::string_view type, const json::value& root) {
    if (type == "content_block_delta")
      return read_delta(root);
    if (type == "content_block_start")
      return read_block(root);
    if (type == "message_start") {
      auto* message = find(root, "message");
      if (message && message->is_object())
        read_head(*message);
      // Its output count is a first guess, not a result.
      read_usage(find(message, "usage"), false);
    } else if (type == "message_delta") {
      read_stop(find(root, "delta"));
      read_usage(find(root, "usage"), true);
    } else if (type == "message_stop") {
      mark_end();
    }
    return unit{};
  }

  void read_head(const json::value& message) {
    set_model(text_of(find(message, "model")));
  }

  void read_stop(const json::value* from) {
    auto& reply = build().reply();
    if (auto why = text_of(find(from, "stop_reason")); !why.empty())
      reply.stop = stop_of(why);
    // A longer one was not asked for.
    if (auto at = text_of(find(from, "stop_sequence"));
        !at.empty() && at.size() <= limits::stop_sequence_bytes_max)
      reply.stop_sequence = at;
  }

  /// Takes counts over those of earlier events: they are cumulative.
  void read_usage(const json::value* from, bool with_output) {
    auto& usage = build().reply().usage;
    auto take = [&](const char* name, std::optional<uint64_t>& to) {
      if (auto* what = find(from, name); json::is_given(what))
        to = json::count_of(what);
    };
    take("input_tokens", usage.input_uncached);
    take("cache_read_input_tokens", usage.cache_read);
    take("cache_creation_input_tokens", usage.cache_write);
    if (with_output) {
      take("output_tokens", usage.output);
      auto* details = find(from, "output_tokens_details");
      if (auto* spent = find(details, "thinking_tokens"); is_given(spent))
        usage.reasoning = json::count_of(spent);
    }
    // It is a part of the output.
    if (usage.reasoning > usage.output)
      usage.reasoning = std::nullopt;
    bool any = usage.input_uncached || usage.cache_read || usage.cache_write
               || usage.output;
    usage.from
      = any ? token_usage::source::provider : token_usage::source::none;
  }

  status read_block(const json::value& root) {
    auto index = json::count_of(find(root, "index"));
    auto* block = find(root, "content_block");
    if (!index || !block)
      return broken_answer(errc::protocol, "a block without index or content");
    auto at = open(*block, std::nullopt);
    if (!at)
      return std::move(at).error();
    // A block may be opened twice at an index by careless servers: last wins.
    blocks_[*index] = *at;
    if (blocks_.size() > limits::content_blocks_max)
      return broken_answer(errc::answer_too_large,
                           "the answer has too many content blocks");
    return unit{};
  }

  /// Opens a block of the reply: number `index` of a whole answer, or that of
  /// an event. No place for one that cannot be kept.
  expected<std::optional<reply_builder::place>>
  open(const json::value& block, std::optional<size_t> index) {
    using place = std::optional<reply_builder::place>;
    auto type = text_of(find(block, "type"));
    auto text = [&](const char* name) {
      return std::string{text_of(find(block, name))};
    };
    std::optional<content_block> content;
    if (type == "text")
      content = text_block{text("text")};
    else if (type == "thinking")
      content = thinking_block{text("thinking"), text("signature")};
    else if (type == "redacted_thinking")
      content = thinking_block{text("data"), {}, true};
    else if (type == "tool_use")
      content = tool_use_block{text("id"), text("name"), {}};
    else if (auto raw = raw_block(index); !raw.empty())
      content = opaque_block{"anthropic", std::string{raw}};
    if (is_given(find(block, "citations")))
      note_lost_part("citations");
    if (!content) {
      note_lost_part(type);
      return place{};
    }
    auto at = build().open(std::move(*content));
    if (!at)
      return std::move(at).error();
    if (type == "tool_use")
      if (auto good = append_input(*at, text_of(find(block, "input"))); !good)
        return std::move(good).error();
    return place{*at};
  }

  /// Returns the text of a block that only Anthropic knows; empty if it is no
  /// object, or no sound text.
  std::string_view raw_block(std::optional<size_t> index) {
    if (!index)
      return as_object(json::member_of(source(), "content_block"));
    const auto& all = raw_content();
    return *index < all.size() ? as_object(all[*index]) : std::string_view{};
  }

  /// The blocks of a whole answer as they stand in its text. Found once: each
  /// search reads all of the answer.
  const std::vector<std::string_view>& raw_content() {
    if (!raw_content_)
      raw_content_ = json::elements_of(json::member_of(source(), "content"))
                       .value_or(std::vector<std::string_view>{});
    return *raw_content_;
  }

  static std::string_view as_object(std::string_view text) noexcept {
    return text.starts_with('{') ? text : std::string_view{};
  }

  /// Streams start with an empty object and then send the input in pieces.
  status append_input(reply_builder::place at, std::string_view input) {
    if (input.find('"') == std::string_view::npos)
      return unit{};
    return build().append(at, delta::kind::tool_input, input);
  }

  status read_delta(const json::value& root) {
    auto* piece = find(root, "delta");
    auto type = text_of(find(piece, "type"));
    constexpr std::array kinds = {
      std::tuple{"text_delta", "text", delta::kind::text},
      std::tuple{"input_json_delta", "partial_json", delta::kind::tool_input},
      std::tuple{"thinking_delta", "thinking", delta::kind::thinking},
      std::tuple{"signature_delta", "signature", delta::kind::signature}};
    for (auto [name, member, kind] : kinds)
      if (type == name)
        return append_piece(json::count_of(find(root, "index")), kind,
                            text_of(find(piece, member)));
    note_lost_part(type);
    return unit{};
  }

  status append_piece(std::optional<uint64_t> index, delta::kind kind,
                      std::string_view piece) {
    auto known = index ? blocks_.find(*index) : blocks_.end();
    if (known != blocks_.end())
      return append_to(known->second, kind, piece);
    // Some servers send pieces without opening a block (llama.cpp).
    if (kind == delta::kind::tool_input)
      return broken_answer(errc::protocol, "tool input without a tool use");
    return build().append(kind, piece);
  }

  /// Of a block that only Anthropic knows, we know its input alone.
  status append_to(std::optional<reply_builder::place> at, delta::kind kind,
                   std::string_view piece) {
    if (!at)
      return unit{};
    auto& block = build().reply().content[*at];
    if (kind == delta::kind::tool_input
        || !std::holds_alternative<opaque_block>(block))
      return build().append(*at, kind, piece);
    note_lost_part("delta");
    return unit{};
  }

  /// Where Anthropic's blocks are in our reply, by their index; null place: a
  /// block of a kind that we do not carry.
  std::map<uint64_t, std::optional<reply_builder::place>> blocks_;
  std::optional<std::vector<std::string_view>> raw_content_;
};

} // namespace

std::unique_ptr<answer_decoder> make_anthropic_decoder(bool stream) {
  return std::make_unique<anthropic_decoder>(stream);
}

} // namespace byollm::kinds
