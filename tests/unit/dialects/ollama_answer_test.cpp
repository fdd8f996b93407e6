// SPDX-License-Identifier: Apache-2.0
// Goal: Ollama's answers are read whole. Method: fixtures and small hand-made
// streams; results compared as text.
#include "tests/unit/dialects/harness.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

const std::string half = R"({"message":{"content":"a"},"done":false})";
const std::string last = R"({"message":{"content":"b"},"done":true})";

result stream(std::string body) {
  return decode("local-ollama", true, std::move(body));
}

result whole(std::string body) {
  return decode("local-ollama", false, std::move(body));
}

} // namespace

TEST_CASE("an Ollama text stream is read whole", "[ollama]") {
  auto got = stream(fixture("ollama_text.ndjson"));
  CHECK(got.why.code == errc::none);
  CHECK(got.ended);
  CHECK(got.reply.text() == "Grüße, \"world\" 😀 – 世界");
  CHECK(got.reply.model == "llama3.2");
  CHECK(got.reply.stop == stop_reason::end_turn);
  CHECK(got.reply.usage
        == token_usage{token_usage::source::provider, 26, {}, {}, 282, {}});
  CHECK(got.deltas.size() == 2);
}

TEST_CASE("Ollama's thinking and tool calls are read", "[ollama]") {
  auto got = stream(fixture("ollama_tools.ndjson"));
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content)
        == "thinking The tool knows. / \n"
           "tool_use call_1 get_weather {\"city\":\"Tokyo\",\"n\":1.50}\n"
           "tool_use call_2 now {}\n");
  CHECK(got.reply.stop == stop_reason::tool_use);
}

TEST_CASE("a whole Ollama message is read", "[ollama]") {
  auto got = whole(fixture("ollama_message.json"));
  CHECK(got.why.code == errc::none);
  CHECK(render(got.reply.content)
        == "text I will check.\n"
           "tool_use call_1 get_weather {\"city\":\"Zürich\"}\n");
  CHECK(got.deltas.empty());
}

TEST_CASE("an error line inside an Ollama stream keeps what came before",
          "[ollama]") {
  auto got = stream(fixture("ollama_error.ndjson"));
  CHECK(got.why.code == errc::provider_fault);
  CHECK(got.reply.text() == "Half");
}

TEST_CASE("Ollama's lines are taken one by one", "[ollama]") {
  CHECK(stream(half + '\n' + last + '\n').why.code == errc::none);
  CHECK(stream(half + "\r\n" + last + "\r\n").reply.text() == "ab");
  // The body's end ends the last line, too.
  CHECK(stream(half + '\n' + last).why.code == errc::none);
  CHECK(stream(last).why.code == errc::none);
  CHECK(stream(half + '\n' + last + "\ngarbage").why.code == errc::none);
  // Two objects on one line are no line.
  CHECK(stream(half + last + '\n').why.code == errc::protocol);
  CHECK(stream(half + '\n' + last.substr(0, 9)).why.code == errc::truncated);
  CHECK(stream(half + '\n').why.code == errc::truncated);
  CHECK(stream("[]\n").why.code == errc::protocol);
}

TEST_CASE("an Ollama message that is not done is cut off", "[ollama]") {
  CHECK(whole(half).why.code == errc::truncated);
  CHECK(whole(R"({"message":{"content":"a"}})").why.code == errc::truncated);
  CHECK(whole(R"({"message":{"content":"a"},"done":"true"})").why.code
        == errc::truncated);
  CHECK(whole(R"({"done":true})").why.code == errc::protocol);
  CHECK(whole(R"({"message":{"content":5},"done":true})").why.code
        == errc::protocol);
  CHECK(whole(last).why.code == errc::none);
}

TEST_CASE("Ollama's lines may be labelled as one JSON", "[ollama]") {
  answer what{200,
              {{"content-type", "application/json; charset=utf-8"}},
              fixture("ollama_text.ndjson")};
  CHECK(decode("local-ollama", true, what).why.code == errc::none);
  what.fields[0].value = "application/x-ndjson";
  CHECK(decode("local-ollama", false, what).why.code == errc::none);
  what.fields.clear();
  CHECK(decode("local-ollama", true, what).why.code == errc::none);
}

TEST_CASE("Ollama's done reasons are mapped", "[ollama]") {
  const std::pair<const char*, stop_reason> table[]
    = {{"stop", stop_reason::end_turn},
       {"length", stop_reason::max_tokens},
       {"load", stop_reason::unknown}};
  for (auto [name, expected] : table)
    CHECK(whole(std::string{R"({"message":{},"done":true,"done_reason":")"}
                + name + "\"}")
            .reply.stop
          == expected);
}
