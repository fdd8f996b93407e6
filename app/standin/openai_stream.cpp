// SPDX-License-Identifier: Apache-2.0
#include "app/standin/openai.hpp"

namespace byollm::standin::openai {

namespace {

/// Builds the chunks of one streamed answer.
struct chunk_stream {
  const ask& from;
  const answer& what;
  uint64_t serial;
  std::vector<stream_piece> pieces;

  void add(json_writer& out, bool is_word) {
    pieces.push_back({"data: " + out.str() + "\n\n", is_word});
  }

  /// Adds a chunk whose delta `fill` writes.
  template <class Fill>
  void delta(bool is_word, const char* finish, Fill fill) {
    json_writer out;
    write_head(from, serial, "chat.completion.chunk", out);
    out.open_list("choices").open().add("index", uint64_t{0}).open("delta");
    fill(out);
    out.close();
    if (finish)
      out.add("finish_reason", finish);
    else
      out.add_null("finish_reason");
    out.close().close_list();
    if (from.include_usage)
      out.add_null("usage");
    out.close();
    add(out, is_word);
  }

  void tool_call() {
    delta(false, nullptr, [this](json_writer& out) {
      out.open_list("tool_calls")
        .open()
        .add("index", uint64_t{0})
        .add("id", call_id(serial))
        .add("type", "function")
        .open("function")
        .add("name", what.tool)
        .add("arguments", "")
        .close()
        .close()
        .close_list();
    });
    for (auto& part : split_arguments(what.arguments))
      delta(true, nullptr, [&part](json_writer& out) {
        out.open_list("tool_calls")
          .open()
          .add("index", uint64_t{0})
          .open("function")
          .add("arguments", part)
          .close()
          .close()
          .close_list();
      });
  }

  void usage() {
    json_writer out;
    write_head(from, serial, "chat.completion.chunk", out);
    out.open_list("choices").close_list();
    write_usage(what, out);
    out.close();
    add(out, false);
  }

  void all() {
    delta(false, nullptr, [](json_writer& out) {
      out.add("role", "assistant").add("content", "");
    });
    for (auto& word : what.words)
      delta(true, nullptr,
            [&word](json_writer& out) { out.add("content", word); });
    if (!what.tool.empty())
      tool_call();
    delta(false, finish_reason(what.stop), [](json_writer&) {
      // nop
    });
    if (from.include_usage)
      usage();
    pieces.push_back({"data: [DONE]\n\n", false});
  }
};

} // namespace

std::vector<stream_piece> chunks(const ask& from, const answer& what,
                                 uint64_t serial) {
  chunk_stream stream{from, what, serial, {}};
  stream.all();
  return std::move(stream.pieces);
}

} // namespace byollm::standin::openai
