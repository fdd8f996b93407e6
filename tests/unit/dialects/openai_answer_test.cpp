// SPDX-License-Identifier: Apache-2.0
// Goal: OpenAI's answers, and those of the many servers that imitate it, are
// read whole. Method: fixtures and small hand-made streams; results compared as
// text.
#include "tests/unit/dialects/harness.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

const std::string done = "data: [DONE]\n\n";

std::string event(std::string_view data) {
  return std::string{"data: "}.append(data).append("\n\n");
}

std::string chunk(std::string_view delta) {
  return event(R"({"choices":[{"index":0,"delta":)" + std::string{delta}
               + "}]}");
}

result stream(std::string body) {
  return decode("openai", true, std::move(body));
}

result whole(std::string body) {
  return decode("openai", false, std::move(body));
}

std::string calls(std::string_view list) {
  return chunk(R"({"tool_calls":)" + std::string{list} + "}");
}

} // namespace

TEST_CASE("an OpenAI text stream is read whole", "[openai]") {
  auto got = stream(fixture("openai_text.sse"));
  CHECK(got.why.code == errc::none);
  CHECK(got.ended);
  CHECK(got.reply.text() == "Grüße, \"world\" 😀 – 世界");
  CHECK(got.reply.model == "gpt-4o-mini-2024-07-18");
  CHECK(got.reply.stop == stop_reason::end_turn);
  // The prompt's 1,200 include 1,024 from the cache.
  CHECK(got.reply.usage
        == token_usage{token_usage::source::provider, 176, 1024, {}, 15, 5});
  REQUIRE(got.deltas.size() == 2);
  CHECK(got.deltas[1].index == 0);
}

TEST_CASE("tool calls are put together by index", "[openai]") {
  auto got = stream(fixture("openai_tools.sse"));
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content)
        == "tool_use call_A get_weather {\"city\":\"Bern\"}\n"
           "tool_use call_B get_time {}\n");
  CHECK(got.reply.stop == stop_reason::tool_use);
  CHECK(got.reply.usage.input_uncached == 80);
  CHECK_FALSE(got.reply.usage.cache_read);
}

TEST_CASE("reasoning text of either name becomes thinking", "[openai]") {
  auto got = stream(fixture("openai_reasoning.sse"));
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content)
        == "thinking First think. / \ntext Then speak.\n");
  CHECK(got.reply.stop == stop_reason::max_tokens);
  // Both names at once say the same thing twice.
  auto both
    = stream(chunk(R"({"reasoning_content":"a","reasoning":"a"})") + done);
  CHECK(render(both.reply.content) == "thinking a / \n");
}

TEST_CASE("an error inside an OpenAI stream keeps what came before",
          "[openai]") {
  auto got = stream(fixture("openai_error.sse"));
  CHECK(got.why.code == errc::provider_fault);
  CHECK(got.why.provider_code == "server_error");
  CHECK(got.reply.text() == "Half");
}

TEST_CASE("a whole OpenAI message is read", "[openai]") {
  auto got = whole(fixture("openai_message.json"));
  CHECK(got.why.code == errc::none);
  CHECK(got.deltas.empty());
  CHECK(render(got.reply.content)
        == "text I will check.\ntool_use call_abc123 get_weather "
           "{\n\"location\": \"Zürich\"\n}\n");
  CHECK(got.reply.usage
        == token_usage{token_usage::source::provider, 82, 0, {}, 17, 0});
}

TEST_CASE("a stream is over at [DONE] and not before", "[openai]") {
  auto finished = event(
    R"({"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]})");
  CHECK(stream(finished).why.code == errc::truncated);
  CHECK(stream(finished + "data: [DONE]\n").why.code == errc::truncated);
  auto got = stream(finished + done + chunk(R"({"content":"b"})") + "garbage");
  CHECK(got.why.code == errc::none);
  CHECK(got.reply.text() == "a");
}

TEST_CASE("tool calls of careless servers are told apart", "[openai]") {
  const std::string_view expected = "tool_use a f {\"x\":1}\ntool_use b g {}\n";
  // All calls at index 0, each whole.
  CHECK(
    render(
      stream(
        calls(
          R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}])")
        + calls(
          R"([{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}])")
        + done)
        .reply.content)
    == expected);
  // No index at all; the id is repeated or missing in later pieces.
  CHECK(
    render(
      stream(
        calls(R"([{"id":"a","function":{"name":"f","arguments":"{\"x\""}}])")
        + calls(R"([{"id":"a","function":{"arguments":":1"}}])")
        + calls(R"([{"function":{"arguments":"}"}}])")
        + calls(R"([{"id":"b","function":{"name":"g","arguments":""}}])")
        + done)
        .reply.content)
    == expected);
  // Arguments as an object.
  CHECK(render(whole(R"({"choices":[{"message":{"tool_calls":[
          {"id":"a","function":{"name":"f","arguments":{"x":1}}},
          {"id":"b","function":{"name":"g","arguments":{}}}]}}]})")
                 .reply.content)
        == expected);
}

TEST_CASE("a fragment continues the latest call at its index", "[openai]") {
  auto got = stream(
    calls(R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}])")
    + calls(R"([{"index":0,"id":"b","function":{"name":"g","arguments":"{"}}])")
    + calls(R"([{"index":0,"function":{"arguments":"}"}}])") + done);
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content) == "tool_use a f {}\ntool_use b g {}\n");
}

TEST_CASE("interleaved fragments find their calls", "[openai]") {
  auto got = stream(
    calls(
      R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}])")
    + calls(
      R"([{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"}"}}])")
    + done);
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content) == "tool_use a f {}\ntool_use b g {}\n");
}

TEST_CASE("cut arguments break the answer", "[openai]") {
  auto got = stream(
    calls(
      R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}])")
    + done);
  CHECK(got.why.code == errc::protocol);
}

TEST_CASE("a call that max_tokens cut is left out, and that is told",
          "[openai]") {
  auto whole_call
    = R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}})";
  for (auto reason : {"length", "content_filter"})
    for (std::string_view cut : {R"({\"path\":\"a.c)", "{", ""}) {
      INFO(reason << ' ' << cut);
      auto calls_made = std::string{whole_call}
                        + R"(,{"index":1,"id":"b","function":{"name":"g",)"
                          R"("arguments":")"
                        + std::string{cut} + R"("}})";
      auto ending = R"("}]})" + std::string{};
      auto piece = event(R"({"choices":[{"delta":{},"finish_reason":")"
                         + std::string{reason} + ending);
      auto streamed = stream(calls("[" + calls_made + "]") + piece + done);
      auto at_once
        = whole(R"({"choices":[{"message":{"tool_calls":[)" + calls_made
                + R"(]},"finish_reason":")" + reason + ending);
      for (const auto& got : {streamed, at_once}) {
        CHECK(got.why.code == errc::none);
        CHECK(render(got.reply.content) == "tool_use a f {\"x\":1}\n");
        REQUIRE(got.reply.losses.size() == 1);
        CHECK(got.reply.losses[0].what == lost::cut_call);
        CHECK(got.reply.stop != stop_reason::tool_use);
      }
      // What was sent of it stays with who reads the stream.
      CHECK(streamed.deltas.back().index == 1);
    }
}

TEST_CASE("a call that is whole stays, whatever stopped the answer",
          "[openai]") {
  auto got = stream(
    calls(R"([{"index":0,"id":"a","function":{"name":"f","arguments":""}}])")
    + calls(
      R"([{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}])")
    + event(R"({"choices":[{"delta":{},"finish_reason":"length"}]})") + done);
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content) == "tool_use a f {}\ntool_use b g {}\n");
  CHECK(got.reply.losses.empty());
  CHECK(got.reply.stop == stop_reason::max_tokens);
}

TEST_CASE("OpenAI's finish reasons are mapped", "[openai]") {
  const std::pair<const char*, stop_reason> table[]
    = {{"stop", stop_reason::end_turn},
       {"length", stop_reason::max_tokens},
       {"tool_calls", stop_reason::tool_use},
       {"content_filter", stop_reason::refusal},
       {"something_new", stop_reason::unknown}};
  for (auto [name, expected] : table) {
    auto text = std::string{R"({"choices":[{"delta":{},"finish_reason":")"}
                + name + "\"}]}";
    CHECK(stream(event(text) + done).reply.stop == expected);
  }
  // A forced call ends with "stop".
  auto forced = whole(
    R"({"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]})");
  CHECK(forced.reply.stop == stop_reason::tool_use);
}

TEST_CASE("a refusal is text that ends as a refusal", "[openai]") {
  auto got = whole(
    R"({"choices":[{"message":{"content":null,"refusal":"I cannot."},"finish_reason":"stop"}]})");
  CHECK(got.why.code == errc::none);
  CHECK(got.reply.text() == "I cannot.");
  CHECK(got.reply.stop == stop_reason::refusal);
}

TEST_CASE("content in parts is text, other content is not", "[openai]") {
  CHECK(
    whole(
      R"({"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"x"},{"type":"text","text":"b"}]}}]})")
      .reply.text()
    == "ab");
  CHECK(whole(R"({"choices":[{"message":{"content":5}}]})").why.code
        == errc::protocol);
}

TEST_CASE("an answer without a choice is no answer", "[openai]") {
  for (auto body : {R"({})", R"({"choices":{}})", R"({"choices":[]})",
                    R"({"choices":[{"message":null}]})", R"({"choices":[5]})",
                    R"({"choices":[{"index":1,"message":{"content":"x"}}]})"}) {
    CAPTURE(body);
    CHECK(whole(body).why.code == errc::protocol);
  }
  CHECK(stream(done).why.code == errc::protocol);
}

TEST_CASE("only the first choice answers", "[openai]") {
  auto got = stream(
    event(
      R"({"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"yes"}}]})")
    + done);
  CHECK(got.reply.text() == "yes");
}

TEST_CASE("keep-alives of all sorts are passed over", "[openai]") {
  auto got = stream(": ping\n\nevent: keepalive\ndata: not json\n\ndata:\n\n"
                    "data: {\"error\":null,\"choices\":[]}\n\n"
                    + chunk(R"({"content":"a"})") + done);
  CHECK(got.why.code == errc::none);
  CHECK(got.reply.text() == "a");
  CHECK(stream("data: not json\n\n" + done).why.code == errc::protocol);
}

TEST_CASE("an event stream answers a request for one message", "[openai]") {
  answer what{
    200, {{"content-type", "text/event-stream"}}, fixture("openai_text.sse")};
  auto got = decode("openai", false, what);
  CHECK(got.why.code == errc::none);
  CHECK(got.reply.text() == "Grüße, \"world\" 😀 – 世界");
  CHECK(got.deltas.empty());
}

TEST_CASE("one message does not answer a request for a stream", "[openai]") {
  answer what{200,
              {{"content-type", "application/json"}},
              fixture("openai_message.json")};
  CHECK(decode("openai", true, what).why.code == errc::protocol);
  what.body
    = R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})";
  CHECK(decode("openai", true, what).why.code == errc::quota_exhausted);
}
