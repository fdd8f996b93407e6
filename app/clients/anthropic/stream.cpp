// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"

#include "app/http/sse.hpp"

#include <map>
#include <optional>
#include <utility>

namespace byollm::clients::anthropic {

namespace {

/// Events of one message: its start, each block's start, pieces and stop, its
/// stop with the usage. Clients number blocks by themselves, so ours are
/// numbered as they start.
class event_writer final : public stream_writer {
public:
  explicit event_writer(const call_facts& facts) : facts_(facts) {
    // nop
  }

  std::string piece(const delta& what) override {
    auto out = begin();
    switch (what.what) {
    case delta::kind::text:
      start_text(out, what.index);
      append_piece(out, what.index, "text_delta", "text", what.text);
      break;
    case delta::kind::thinking:
      start_thinking(out, what.index);
      append_piece(out, what.index, "thinking_delta", "thinking", what.text);
      break;
    case delta::kind::signature:
      start_thinking(out, what.index);
      append_piece(out, what.index, "signature_delta", "signature", what.text);
      break;
    case delta::kind::tool_start:
      start_tool(out, what);
      break;
    case delta::kind::tool_input:
      append_piece(out, what.index, "input_json_delta", "partial_json",
                   what.text);
      break;
    case delta::kind::block:
      start(out, what.index, [&](json::writer& to) { to.checked(what.text); });
      break;
    case delta::kind::keep_alive:
      out += http::event("ping", R"({"type": "ping"})");
      break;
    }
    return out;
  }

  std::string end(const message_reply& got) override {
    auto out = begin();
    stop(out);
    out += event("message_delta", [&](json::writer& to) {
      to.key("delta").begin_object();
      append_stop(to, got);
      to.end_object();
      append_usage(to, got.usage);
    });
    return out + event("message_stop", [](json::writer&) {});
  }

  std::string fail(const failure& why) override {
    return http::event("error", render(why, facts_.call).body);
  }

private:
  std::string begin() {
    if (std::exchange(has_begun_, true))
      return {};
    return event("message_start", [this](json::writer& to) {
      to.key("message").begin_object();
      to.member("id", message_id(facts_)).member("type", "message");
      to.member("role", "assistant").member("model", facts_.model);
      to.key("content").begin_array().end_array();
      to.key("stop_reason").null().key("stop_sequence").null();
      append_usage(to, {});
      to.end_object();
    });
  }

  void start_text(std::string& out, uint32_t block) {
    if (!place_of(block))
      start(out, block, [](json::writer& to) {
        to.begin_object().member("type", "text").member("text", "");
        to.end_object();
      });
  }

  void start_thinking(std::string& out, uint32_t block) {
    if (!place_of(block))
      start(out, block, [](json::writer& to) {
        to.begin_object().member("type", "thinking").member("thinking", "");
        to.member("signature", "").end_object();
      });
  }

  void start_tool(std::string& out, const delta& what) {
    start(out, what.index, [&](json::writer& to) {
      to.begin_object().member("type", "tool_use").member("id", what.tool_id);
      to.member("name", what.tool_name).key("input").begin_object();
      to.end_object().end_object();
    });
  }

  template <class Write>
  void start(std::string& out, uint32_t block, Write write_block) {
    stop(out);
    open_ = started_++;
    places_[block] = *open_;
    out += event("content_block_start", [&](json::writer& to) {
      append_index(to, *open_);
      to.key("content_block");
      write_block(to);
    });
  }

  void stop(std::string& out) {
    if (auto open = std::exchange(open_, std::nullopt))
      out += event("content_block_stop",
                   [&](json::writer& to) { append_index(to, *open); });
  }

  // Pieces of a block that was stopped still belong to it: clients go by its
  // number.
  void append_piece(std::string& out, uint32_t block, std::string_view type,
                    std::string_view name, std::string_view text) {
    auto place = place_of(block);
    if (!place)
      return;
    out += event("content_block_delta", [&](json::writer& to) {
      append_index(to, *place);
      to.key("delta").begin_object().member("type", type).member(name, text);
      to.end_object();
    });
  }

  std::optional<size_t> place_of(uint32_t block) const noexcept {
    auto found = places_.find(block);
    return found == places_.end() ? std::nullopt : std::optional{found->second};
  }

  static void append_index(json::writer& to, size_t index) {
    to.key("index").number(static_cast<int64_t>(index));
  }

  template <class Write>
  static std::string event(std::string_view type, Write write_more) {
    std::string out;
    json::writer to{out};
    to.begin_object().member("type", type);
    write_more(to);
    to.end_object();
    return http::event(type, out);
  }

  const call_facts facts_;
  bool has_begun_ = false;
  size_t started_ = 0;
  std::map<uint32_t, size_t> places_; // of the blocks that started
  std::optional<size_t> open_;
};

} // namespace

std::unique_ptr<stream_writer> make_stream(const call_facts& facts) {
  return std::make_unique<event_writer>(facts);
}

} // namespace byollm::clients::anthropic
