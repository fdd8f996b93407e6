// SPDX-License-Identifier: Apache-2.0
// Goal: how the network cuts an answer changes nothing. Method: each fixture is
// decoded whole, cut once at every byte, and byte by byte; deltas included.
#include "tests/unit/dialects/harness.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace byollm;
using namespace byollm::test;

namespace {

struct recorded {
  const char* provider;
  bool stream;
  const char* name;
};

constexpr recorded fixtures[] = {
  {"anthropic", true, "anthropic_text.sse"},
  {"anthropic", true, "anthropic_thinking_tools.sse"},
  {"anthropic", true, "anthropic_overloaded.sse"},
  {"anthropic", true, "anthropic_refusal.sse"},
  {"anthropic", true, "anthropic_window.sse"},
  {"anthropic", false, "anthropic_message.json"},
  {"anthropic", false, "anthropic_paused.json"},
  {"anthropic", false, "anthropic_stopped.json"},
  {"openai", true, "openai_text.sse"},
  {"openai", true, "openai_tools.sse"},
  {"openai", true, "openai_reasoning.sse"},
  {"openai", true, "openai_error.sse"},
  {"openai", true, "openai_refusal.sse"},
  {"openai", true, "openai_filtered.sse"},
  {"openai", false, "openai_message.json"},
  {"openai", false, "openai_refusal.json"},
  {"openai", false, "openai_calls.json"},
  {"openai", false, "openai_structured.json"},
  {"local-ollama", true, "ollama_text.ndjson"},
  {"local-ollama", true, "ollama_tools.ndjson"},
  {"local-ollama", true, "ollama_error.ndjson"},
  {"local-ollama", false, "ollama_message.json"},
  {"local-ollama", false, "ollama_thinking.json"},
};

/// Writes every line end as `end`.
std::string with_line_ends(const std::string& text, std::string_view end) {
  std::string result;
  for (char c : text)
    c == '\n' ? result.append(end) : result.append(1, c);
  return result;
}

void check_every_cut(const recorded& from, const std::string& body) {
  auto what = good_answer(from.provider, from.stream, body);
  auto whole = render(decode(from.provider, from.stream, what));
  for (size_t cut = 1; cut < body.size(); ++cut) {
    auto got = render(decode(from.provider, from.stream, what, {&cut, 1}));
    if (got != whole) {
      CAPTURE(cut);
      REQUIRE(got == whole);
    }
  }
  std::vector<size_t> all(body.size() - 1);
  std::iota(all.begin(), all.end(), 1);
  CHECK(render(decode(from.provider, from.stream, what, all)) == whole);
}

} // namespace

TEST_CASE("a cut anywhere changes nothing", "[split]") {
  for (auto& each : fixtures) {
    auto body = fixture(each.name);
    CAPTURE(each.name);
    REQUIRE(body.size() > 100);
    check_every_cut(each, body);
  }
}

TEST_CASE("a cut anywhere between other line ends changes nothing", "[split]") {
  for (auto end : {"\r", "\r\n"}) {
    auto body = with_line_ends(fixture("anthropic_text.sse"), end);
    check_every_cut(fixtures[0], body);
    CHECK(render(decode("anthropic", true, body))
          == render(decode("anthropic", true, fixture("anthropic_text.sse"))));
  }
  check_every_cut({"local-ollama", true, ""},
                  with_line_ends(fixture("ollama_text.ndjson"), "\r\n"));
}

TEST_CASE("a stream that ends early is never a success", "[split]") {
  for (auto& each : fixtures) {
    if (!each.stream)
      continue;
    auto body = fixture(each.name);
    auto whole = decode(each.provider, true, body);
    if (whole.why.code != errc::none)
      continue;
    CAPTURE(each.name);
    // An end marker is a marker once its line is over (SSE: its event).
    auto last = each.provider == std::string_view{"local-ollama"}
                  ? body.size() - 1
                  : body.size();
    for (size_t size = 1; size < last; ++size) {
      auto got = decode(each.provider, true, body.substr(0, size));
      if (got.why.code != errc::truncated) {
        CAPTURE(size);
        REQUIRE(to_string(got.why.code) == "truncated");
      }
    }
  }
}

TEST_CASE("deltas put together are the reply", "[split]") {
  for (auto& each : fixtures) {
    if (!each.stream)
      continue;
    auto got = decode(each.provider, true, fixture(each.name));
    CAPTURE(each.name);
    std::vector<content_block> shown;
    for (auto& block : got.reply.content) {
      auto* thought = std::get_if<thinking_block>(&block);
      if (!thought || !thought->redacted)
        shown.push_back(block);
      // A call without arguments gets its empty object at the end.
      if (auto* use = std::get_if<tool_use_block>(&shown.back());
          use && use->input_json == "{}" && use->id == "toolu_02")
        use->input_json.clear();
    }
    CHECK(replay(got.deltas) == render(shown));
  }
}

TEST_CASE("a sign of life is passed on where there is nothing else",
          "[split]") {
  auto kinds = [](std::string_view provider, std::string_view bytes) {
    auto decoder = find_dialect(provider)->decoder(true);
    REQUIRE(decoder->begin(
      {200, std::vector<wire_header>{{"content-type", "text/event-stream"}}}));
    std::vector<delta> out;
    REQUIRE(decoder->feed(bytes, out));
    std::string result;
    for (auto& piece : out)
      result.append(to_string(piece.what)).append(" ");
    return result;
  };
  for (auto bytes :
       {": PROCESSING\n\n", ":\n", "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        ": a\n\n: b\n\n: c\n\n"})
    CHECK(kinds("anthropic", bytes) == "keep_alive ");
  for (auto bytes : {": OPENROUTER PROCESSING\n\n", "data:\n\n",
                     "event: keepalive\ndata: none\n\n"})
    CHECK(kinds("openai", bytes) == "keep_alive ");
  // What shows an answer shows life.
  CHECK(kinds("openai", ": a\n\ndata: {\"choices\":[{\"index\":0,\"delta\":"
                        "{\"content\":\"x\"}}]}\n\n: b\n\n")
        == "text ");
  for (auto bytes : {"data: {\"choices\":[]}\n\n", "id: 7\n", "data: {\"cho"})
    CHECK(kinds("openai", bytes).empty());
}
