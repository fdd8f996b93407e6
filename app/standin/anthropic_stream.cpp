// SPDX-License-Identifier: Apache-2.0
#include "app/standin/anthropic.hpp"

namespace byollm::standin::anthropic {

namespace {

/// Builds the events of one streamed answer.
struct event_list {
  const ask& from;
  const answer& what;
  uint64_t serial;
  std::vector<stream_piece> pieces;

  /// Clients dispatch on the event's name and skip what has none.
  void add(std::string_view name, const json_writer& out, bool is_word) {
    std::string bytes{"event: "};
    bytes += name;
    bytes += "\ndata: " + out.str() + "\n\n";
    pieces.push_back({std::move(bytes), is_word});
  }

  void start() {
    json_writer out;
    out.open().add("type", "message_start").key("message");
    write_head(from, serial, out);
    out.open_list("content").close_list();
    out.add_null("stop_reason").add_null("stop_sequence");
    out.open("usage")
      .add("input_tokens", what.input_tokens)
      .add("cache_creation_input_tokens", uint64_t{0})
      .add("cache_read_input_tokens", uint64_t{0})
      .add("output_tokens", uint64_t{1})
      .close();
    out.close().close();
    add("message_start", out, false);
    json_writer ping;
    add("ping", ping.open().add("type", "ping").close(), false);
  }

  void delta(uint64_t index, const char* type, const char* field,
             std::string_view value) {
    json_writer out;
    out.open().add("type", "content_block_delta").add("index", index);
    out.open("delta").add("type", type).add(field, value).close().close();
    add("content_block_delta", out, true);
  }

  void stop_block(uint64_t index) {
    json_writer out;
    out.open().add("type", "content_block_stop").add("index", index).close();
    add("content_block_stop", out, false);
  }

  void text_block(uint64_t index) {
    json_writer out;
    out.open().add("type", "content_block_start").add("index", index);
    out.open("content_block").add("type", "text").add("text", "");
    add("content_block_start", out.close().close(), false);
    for (auto& word : what.words)
      delta(index, "text_delta", "text", word);
    stop_block(index);
  }

  void tool_block(uint64_t index) {
    json_writer out;
    out.open().add("type", "content_block_start").add("index", index);
    out.open("content_block")
      .add("type", "tool_use")
      .add("id", tool_use_id(serial))
      .add("name", what.tool)
      .add_raw("input", "{}");
    add("content_block_start", out.close().close(), false);
    for (auto& part : split_arguments(what.arguments))
      delta(index, "input_json_delta", "partial_json", part);
    stop_block(index);
  }

  void end() {
    json_writer out;
    out.open().add("type", "message_delta").open("delta");
    write_stop(what, out);
    out.close();
    out.open("usage").add("output_tokens", what.output_tokens);
    add("message_delta", out.close().close(), false);
    json_writer stop;
    add("message_stop", stop.open().add("type", "message_stop").close(), false);
  }
};

} // namespace

std::vector<stream_piece> events(const ask& from, const answer& what,
                                 uint64_t serial) {
  event_list list{from, what, serial, {}};
  list.start();
  uint64_t index = 0;
  if (!what.words.empty())
    list.text_block(index++);
  if (!what.tool.empty())
    list.tool_block(index);
  list.end();
  return std::move(list.pieces);
}

} // namespace byollm::standin::anthropic
