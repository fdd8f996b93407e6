// SPDX-License-Identifier: Apache-2.0
// Goal: Anthropic's answers are read whole, whatever servers add or leave out.
// Method: fixtures and small hand-made streams; results compared as text.
#include "messages/limits.hpp"
#include "tests/unit/dialects/harness.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

std::string event(std::string_view name, std::string_view data) {
  std::string result;
  if (!name.empty())
    result.append("event: ").append(name).append("\n");
  return result.append("data: ").append(data).append("\n\n");
}

const std::string stop = event("message_stop", R"({"type":"message_stop"})");

result stream(std::string body) {
  return decode("anthropic", true, std::move(body));
}

} // namespace

TEST_CASE("an Anthropic text stream is read whole", "[anthropic]") {
  auto got = stream(fixture("anthropic_text.sse"));
  CHECK(got.why.code == errc::none);
  CHECK(got.ended);
  CHECK(got.reply.text() == "Grüße, \"world\" 😀 – 世界");
  CHECK(got.reply.model == "claude-sonnet-4-20250514");
  CHECK(got.reply.stop == stop_reason::end_turn);
  CHECK(got.reply.usage
        == token_usage{token_usage::source::provider, 25, 2000, 100, 15, {}});
  REQUIRE(got.deltas.size() == 2);
  CHECK(got.deltas[0].text == "Grüße");
}

TEST_CASE("thinking, signatures and tool input are put together",
          "[anthropic]") {
  auto got = stream(fixture("anthropic_thinking_tools.sse"));
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content)
        == "thinking The user wants the weather. / "
           "EqQBCgIYAhIM1gbcDa9GJwZA2b3h\n"
           "redacted EmwKAhgBEgy3va3pzix / \n"
           "text I will look.\n"
           "opaque anthropic {\"type\":\"server_tool_use\","
           "\"id\":\"srvtoolu_1\",\"name\":\"web_search\","
           "\"input\":{\"query\":\"x\"}}\n"
           "tool_use toolu_01T1x get_weather {\"location\": \"San Francisco\", "
           "\"n\": 12345678901234567890123}\n"
           "tool_use toolu_02 now {}\n");
  CHECK(got.reply.stop == stop_reason::tool_use);
  // Two message_deltas: their usage is cumulative, the last one counts.
  CHECK(got.reply.usage
        == token_usage{token_usage::source::provider, 472, 0, 0, 89, {}});
}

TEST_CASE("a whole Anthropic message is read", "[anthropic]") {
  auto got = decode("anthropic", false, fixture("anthropic_message.json"));
  CHECK(got.why.code == errc::none);
  CHECK(got.deltas.empty());
  CHECK(render(got.reply.content)
        == "thinking Weather, then. / EqQBsig==\nredacted EmwK / \n"
           "text I will check.\ntool_use toolu_04 get_weather "
           "{\"location\":\"Z\\u00fcrich\",\"days\":[1,2.50,"
           "12345678901234567890123]}\n");
  CHECK(got.reply.usage
        == token_usage{token_usage::source::provider, 472, 30, 0, 89, {}});
}

TEST_CASE("an error inside an Anthropic stream keeps what came before",
          "[anthropic]") {
  auto got = stream(fixture("anthropic_overloaded.sse"));
  CHECK(got.why.code == errc::provider_overloaded);
  CHECK(got.why.provider_code == "overloaded_error");
  CHECK(got.why.sent == certainty::yes);
  CHECK(got.reply.text() == "Half");
  CHECK(got.reply.usage.input_uncached == 7);
  CHECK_FALSE(got.reply.usage.output);
}

TEST_CASE("streams without message_start or block starts are understood",
          "[anthropic]") {
  auto got = stream(
    event(
      "content_block_delta",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}})")
    + event(
      "",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}})")
    + stop);
  CHECK(got.why.code == errc::none);
  CHECK(got.reply.text() == "ab");
  CHECK(got.reply.content.size() == 1);
  CHECK(got.reply.usage == token_usage{});
}

TEST_CASE("a block that is opened again has the pieces from then on",
          "[anthropic]") {
  auto open = event(
    "content_block_start",
    R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
  auto piece = [](const std::string& text) {
    return event(
      "content_block_delta",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")"
        + text + "\"}}");
  };
  auto got = stream(open + piece("a") + open + piece("b") + stop);
  CHECK(got.why.code == errc::none);
  REQUIRE(got.reply.content.size() == 2);
  CHECK(std::get<text_block>(got.reply.content[0]).text == "a");
  CHECK(std::get<text_block>(got.reply.content[1]).text == "b");
}

TEST_CASE("an OpenAI-shaped error answers an Anthropic request",
          "[anthropic]") {
  for (auto name : {"error", ""}) {
    auto got = stream(event(
      name,
      R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})"));
    CHECK(got.why.code == errc::provider_overloaded);
    CHECK(got.why.provider_code == "unavailable_error");
  }
}

TEST_CASE("unknown events and deltas are passed over, blocks are kept",
          "[anthropic]") {
  auto got = stream(
    event("future_event", "not json at all")
    + event("", R"({"type":"another_future_event","x":[1]})")
    + event(
      "content_block_start",
      R"({"type":"content_block_start","index":0,"content_block":{"type":"hologram"}})")
    + event(
      "content_block_delta",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"no"}})")
    + event(
      "content_block_delta",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{}}})")
    + stop + event("content_block_delta", "after the end"));
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content)
        == "opaque anthropic {\"type\":\"hologram\"}\n");
  // Told once, however much it is.
  REQUIRE(got.reply.losses.size() == 1);
  CHECK(got.reply.losses[0].what == lost::answer_parts);
}

TEST_CASE("Anthropic's stop reasons are mapped", "[anthropic]") {
  const std::pair<const char*, stop_reason> table[]
    = {{"end_turn", stop_reason::end_turn},
       {"max_tokens", stop_reason::max_tokens},
       {"model_context_window_exceeded", stop_reason::max_tokens},
       {"stop_sequence", stop_reason::stop_sequence},
       {"tool_use", stop_reason::tool_use},
       {"refusal", stop_reason::refusal},
       {"pause_turn", stop_reason::pause},
       {"something_new", stop_reason::unknown}};
  for (auto [name, expected] : table) {
    auto text = std::string{R"({"delta":{"stop_reason":")"} + name + "\"}}";
    CHECK(stream(event("message_delta", text) + stop).reply.stop == expected);
    auto whole = std::string{R"({"content":[],"stop_reason":")"} + name + "\"}";
    CHECK(decode("anthropic", false, whole).reply.stop == expected);
  }
}

TEST_CASE("which stop sequence ended Anthropic's answer is kept",
          "[anthropic]") {
  CHECK(decode("anthropic", false, fixture("anthropic_stopped.json"))
          .reply.stop_sequence
        == "END");
  auto ended_at = [](const std::string& json) {
    auto got = stream(
      event("message_delta",
            R"({"delta":{"stop_reason":"stop_sequence","stop_sequence":)" + json
              + "}}")
      + stop);
    CHECK(got.reply.stop == stop_reason::stop_sequence);
    return got.reply.stop_sequence;
  };
  CHECK(ended_at(R"("\n\nHuman:")") == "\n\nHuman:");
  CHECK(ended_at("null").empty());
  CHECK(ended_at("[1]").empty());
  std::string longest(limits::stop_sequence_bytes_max, 'x');
  CHECK(ended_at('"' + longest + '"') == longest);
  CHECK(ended_at('"' + longest + "x\"").empty());
}

TEST_CASE("tool input that is no JSON object breaks the answer",
          "[anthropic]") {
  auto with = [](std::string_view piece) {
    return stream(
      event(
        "content_block_start",
        R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}})")
      + event(
        "content_block_delta",
        R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":")"
          + std::string{piece} + "\"}}")
      + stop);
  };
  CHECK(with(R"({\"a\":1})").why.code == errc::none);
  CHECK(with(R"({\"a\":\"\\ud83d\"})").why.code == errc::none);
  CHECK(with(R"({\"a\":)").why.code == errc::protocol);
  CHECK(with(R"([1])").why.code == errc::protocol);
  CHECK(with(R"({} {})").why.code == errc::protocol);
}

TEST_CASE("a call that Anthropic cut at max_tokens is left out, and told",
          "[anthropic]") {
  auto call = [](int index, std::string_view type, std::string_view piece) {
    auto at = R"({"index":)" + std::to_string(index);
    return event("content_block_start",
                 at + R"(,"content_block":{"type":")" + std::string{type}
                   + R"(","id":"t","name":"n","input":{}}})")
           + event("content_block_delta",
                   at
                     + R"(,"delta":{"type":"input_json_delta","partial_json":")"
                     + std::string{piece} + "\"}}");
  };
  auto ends = [](std::string_view reason) {
    return event("message_delta",
                 R"({"delta":{"stop_reason":")" + std::string{reason} + "\"}}")
           + stop;
  };
  for (auto reason : {"max_tokens", "refusal"})
    for (auto type : {"tool_use", "server_tool_use"}) {
      INFO(reason << ' ' << type);
      auto got = stream(call(0, "tool_use", R"({\"a\":1})")
                        + call(1, type, R"({\"path\":\"a.c)") + ends(reason));
      CHECK(got.why.code == errc::none);
      CHECK(render(got.reply.content) == "tool_use t n {\"a\":1}\n");
      REQUIRE(got.reply.losses.size() == 1);
      CHECK(got.reply.losses[0].what == lost::cut_call);
    }
  // Before the first of its arguments.
  auto early = stream(call(0, "tool_use", "") + ends("max_tokens"));
  CHECK(early.why.code == errc::none);
  CHECK(early.reply.content.empty());
  CHECK(early.reply.stop == stop_reason::max_tokens);
  // Their last byte was the last that there was room for.
  auto late = stream(call(0, "tool_use", R"({\"a\":1})") + ends("max_tokens"));
  CHECK(late.reply.content.size() == 1);
  CHECK(late.reply.losses.empty());
}

TEST_CASE("the last call of a whole message that max_tokens cut is no call",
          "[anthropic]") {
  // Its arguments are mended: what had not come is missing, and nothing tells.
  auto with = [](std::string_view reason, std::string_view last) {
    return decode("anthropic", false,
                  R"({"content":[{"type":"tool_use","id":"t","name":"n",)"
                  R"("input":{"a":1}},{"type":"tool_use","id":"u","name":"n",)"
                  R"("input":{"path":"a.c"}})"
                    + std::string{last} + R"(],"stop_reason":")"
                    + std::string{reason} + "\"}");
  };
  auto cut = with("max_tokens", "");
  CHECK(cut.why.code == errc::none);
  CHECK(render(cut.reply.content) == "tool_use t n {\"a\":1}\n");
  REQUIRE(cut.reply.losses.size() == 1);
  CHECK(cut.reply.losses[0].what == lost::cut_call);
  for (const auto& got :
       {with("tool_use", ""),
        with("max_tokens", R"(,{"type":"text","text":"And"})")}) {
    CHECK(got.reply.losses.empty());
    CHECK(got.reply.content.size() >= 2);
  }
}

TEST_CASE("an input that comes with the block's start is kept", "[anthropic]") {
  auto got = stream(
    event(
      "content_block_start",
      R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"n","input":{"a": 1}}})")
    + stop);
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content) == "tool_use t n {\"a\": 1}\n");
}

TEST_CASE("pieces that do not fit their block break the answer",
          "[anthropic]") {
  auto start = event(
    "content_block_start",
    R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
  auto piece = event(
    "content_block_delta",
    R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}})");
  CHECK(stream(start + piece + stop).why.code == errc::protocol);
  CHECK(stream(piece + stop).why.code == errc::protocol);
}
