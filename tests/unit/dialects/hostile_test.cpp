// SPDX-License-Identifier: Apache-2.0
// Goal: a broken or hostile provider gets a clean error and bounded memory.
// Method: answers at and just beyond each limit, of wrong types, in wrong
// encodings.
#include "tests/unit/dialects/harness.hpp"

#include "messages/limits.hpp"
#include "providers/json/text.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr std::string_view all_providers[]
  = {"anthropic", "openai", "local-ollama"};

std::string nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

errc code_of(std::string_view provider, bool stream, std::string body) {
  return decode(provider, stream, std::move(body)).why.code;
}

std::unique_ptr<answer_decoder> streaming(std::string_view provider) {
  auto decoder = find_dialect(provider)->decoder(true);
  CHECK(decoder->begin({.status = 200}));
  return decoder;
}

/// Feeds `piece` until the decoder refuses; returns why, and how often it took.
std::pair<errc, size_t> feed_until_refused(answer_decoder& decoder,
                                           std::string_view piece) {
  for (size_t times = 0; times < 20'000; ++times) {
    std::vector<delta> out;
    if (auto good = decoder.feed(piece, out); !good)
      return {good.error().code, times};
  }
  return {errc::none, 0};
}

} // namespace

TEST_CASE("nesting is taken to depth 64", "[hostile]") {
  auto whole = [](size_t depth) {
    return R"({"content":[],"x":)" + nested(depth - 1) + '}';
  };
  CHECK(code_of("anthropic", false, whole(64)) == errc::none);
  CHECK(code_of("anthropic", false, whole(65)) == errc::answer_too_large);
  for (auto provider : all_providers)
    for (bool stream : {false, true}) {
      std::string frame
        = stream && provider != all_providers[2] ? "data: " : "";
      std::string objects = frame;
      for (int i = 0; i < 200'000; ++i)
        objects += "{\"a\":";
      CHECK(code_of(provider, stream, objects + "\n\n")
            == errc::answer_too_large);
      CHECK(code_of(provider, stream,
                    frame + R"({"a":)" + nested(200'000) + "}\n\n")
            == errc::answer_too_large);
    }
}

TEST_CASE("a deep error body is still an error by its status", "[hostile]") {
  answer what{429, {}, R"({"error":)" + nested(200'000) + '}'};
  CHECK(decode("openai", false, what).why.code == errc::rate_limited);
}

TEST_CASE("tool arguments are nested to depth 64", "[hostile]") {
  auto with = [](size_t depth) {
    auto arguments = R"({\"a\":)" + nested(depth - 1) + "}";
    return code_of(
      "openai", false,
      R"({"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":")"
        + arguments + R"("}}]}}]})");
  };
  CHECK(with(64) == errc::none);
  CHECK(with(65) == errc::protocol);
}

TEST_CASE("lines and events that never end are refused", "[hostile]") {
  const std::string mebibyte(1u << 20, 'x');
  const size_t line = limits::stream_line_bytes_max >> 20;
  for (auto provider : all_providers) {
    auto decoder = streaming(provider);
    CHECK(feed_until_refused(*decoder, mebibyte)
          == std::pair{errc::answer_too_large, line});
  }
  auto decoder = streaming("openai");
  CHECK(feed_until_refused(*decoder, "data: " + mebibyte + '\n').first
        == errc::answer_too_large);
}

TEST_CASE("tool arguments that never end are refused", "[hostile]") {
  std::string kibibytes(64u << 10, 'x');
  auto decoder = streaming("openai");
  auto got = feed_until_refused(
    *decoder,
    R"(data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":")"
      + kibibytes + "\"}}]}}]}\n\n");
  CHECK(got
        == std::pair{errc::answer_too_large,
                     limits::tool_input_bytes_max / kibibytes.size()});
}

TEST_CASE("a text that never ends is refused", "[hostile]") {
  std::string mebibyte(1u << 20, 'x');
  auto decoder = streaming("local-ollama");
  auto got = feed_until_refused(*decoder, R"({"message":{"content":")"
                                            + mebibyte + "\"}}\n");
  CHECK(got
        == std::pair{errc::answer_too_large, limits::answer_bytes_max >> 20});
  auto whole = find_dialect("openai")->decoder(false);
  CHECK(whole->begin({.status = 200}));
  CHECK(feed_until_refused(*whole, mebibyte)
        == std::pair{errc::answer_too_large, limits::answer_bytes_max >> 20});
}

TEST_CASE("blocks that never end are refused", "[hostile]") {
  auto decoder = streaming("openai");
  std::string calls;
  for (int i = 0; i < 100; ++i)
    calls += (i ? "," : "") + std::string{R"({"id":"x)"} + std::to_string(i)
             + R"(","function":{"name":"f"}})";
  auto text
    = R"(data: {"choices":[{"delta":{"tool_calls":[)" + calls + "]}}]}\n\n";
  CHECK(feed_until_refused(*decoder, text)
        == std::pair{errc::answer_too_large, size_t{10}});
  CHECK(decoder->reply().content.size() == limits::content_blocks_max);
  // Blocks of a kind that we do not carry are counted, too.
  decoder = streaming("anthropic");
  CHECK(feed_until_refused(
          *decoder, "data: {\"type\":\"content_block_start\",\"index\":0,"
                    "\"content_block\":{\"type\":\"x\"}}\n\n")
        == std::pair{errc::answer_too_large, limits::content_blocks_max});
}

TEST_CASE("a decoder that refused stays refused", "[hostile]") {
  auto decoder = streaming("openai");
  std::vector<delta> out;
  REQUIRE_FALSE(decoder->feed("data: nonsense\n\n", out));
  auto again = decoder->feed("data: [DONE]\n\n", out);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::protocol);
  CHECK(decoder->finish().code == errc::protocol);
  CHECK_FALSE(decoder->ended());
}

TEST_CASE("values of wrong types do no harm", "[hostile]") {
  const std::string values[] = {"null",
                                "true",
                                "5",
                                "-1",
                                "1.5",
                                "\"x\"",
                                "\"\"",
                                "[]",
                                "[[]]",
                                "[null]",
                                "{}",
                                "[5,{}]",
                                R"({"a":{"b":[]}})"};
  const std::string shapes[] = {
    "%",
    R"({"choices":%})",
    R"({"choices":[%]})",
    R"({"choices":[{"index":%,"message":{},"delta":{}}]})",
    R"({"choices":[{"message":%,"delta":%}]})",
    R"({"choices":[{"message":{"content":%},"delta":{"content":%}}]})",
    R"({"choices":[{"message":{"content":[%]},"delta":{"reasoning":%}}]})",
    R"({"choices":[{"message":{"tool_calls":%},"delta":{"tool_calls":%}}]})",
    R"({"choices":[{"message":{"tool_calls":[%]},"delta":{"tool_calls":[%]}}]})",
    R"({"choices":[{"message":{"tool_calls":[{"function":%}]}}]})",
    R"({"choices":[{"delta":{"tool_calls":[{"index":%,"id":%,"function":{"name":%,"arguments":%}}]}}]})",
    R"({"choices":[{"delta":{},"finish_reason":%}],"usage":%,"model":%})",
    R"({"type":%,"content":%})",
    R"({"content":[%],"usage":%,"stop_reason":%})",
    R"({"content":[{"type":%}]})",
    R"({"content":[{"type":"text","text":%},{"type":"tool_use","id":%,"input":%}]})",
    R"({"type":"message_start","message":%})",
    R"({"type":"message_start","message":{"model":%,"usage":%}})",
    R"({"type":"content_block_start","index":%,"content_block":%})",
    R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":%}})",
    R"({"type":"content_block_delta","index":%,"delta":%})",
    R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%}})",
    R"({"type":"message_delta","delta":%,"usage":%})",
    R"({"message":%,"done":true})",
    R"({"message":{"content":%,"thinking":%},"done":%})",
    R"({"message":{"tool_calls":%},"done":true})",
    R"({"message":{"tool_calls":[%]},"done":true})",
    R"({"message":{"tool_calls":[{"function":{"name":%,"arguments":%}}]},"done":true,"eval_count":%,"done_reason":%})",
    R"({"error":%})",
    R"({"error":{"type":%,"code":%,"message":%}})",
  };
  size_t seen = 0;
  for (auto& shape : shapes)
    for (auto& value : values) {
      auto text = shape;
      for (size_t at; (at = text.find('%')) != std::string::npos;)
        text.replace(at, 1, value);
      for (auto provider : all_providers) {
        auto whole = decode(provider, false, text);
        auto stream
          = decode(provider, true,
                   provider == all_providers[2] ? text + '\n'
                                                : "data: " + text + "\n\n");
        for (auto& got : {whole, stream})
          for (auto& block : got.reply.content)
            if (auto* use = std::get_if<tool_use_block>(&block);
                use && got.why.code == errc::none)
              CHECK(use->input_json.front() == '{');
        ++seen;
      }
    }
  CHECK(seen == std::size(shapes) * std::size(values) * 3);
}

TEST_CASE("what is not an answer is a protocol error", "[hostile]") {
  using namespace std::string_literals;
  for (auto provider : all_providers) {
    CAPTURE(provider);
    for (auto body :
         {""s, "<html>Sign in</html>"s, "null"s, "[]"s, "\"x\""s, "{}"s,
          "{} {}"s, "\xFF\xFE{\0}\0"s, "\0{\0}"s, "{\0}"s, "\xFE\xFF\0{\0}"s})
      CHECK(code_of(provider, false, body) == errc::protocol);
    CHECK(code_of(provider, true, "") == errc::protocol);
    for (auto type : {"text/html", "text/plain", "image/png", "x"}) {
      answer what{200, {{"content-type", type}}, "{}"};
      CHECK(decode(provider, false, what).why.code == errc::protocol);
    }
    for (auto coding : {"gzip", "br", "zstd", "identity, gzip", "x"}) {
      auto what = good_answer(provider, true, "");
      what.fields.push_back({"content-encoding", coding});
      CHECK(decode(provider, true, what).why.code == errc::protocol);
    }
  }
}

TEST_CASE("broken characters reach nobody", "[hostile]") {
  // Lone surrogates come from servers that cut text between UTF-16 units.
  auto got = decode(
    "openai", true,
    "data: {\"choices\":[{\"delta\":{\"content\":\"a\\ud83d\"}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"\\ude00\xFF\"}}]}\n\n"
    "data: [DONE]\n\n");
  CHECK(got.why.code == errc::none);
  CHECK(got.reply.text() == "a\uFFFD\uFFFD\uFFFD");
  for (auto& piece : got.deltas)
    CHECK(json::is_utf8(piece.text));
}

TEST_CASE("a model's name is kept only if it is one", "[hostile]") {
  auto model = [](std::string name) {
    return decode("local-ollama", false,
                  R"({"message":{},"done":true,"model":")" + name + "\"}")
      .reply.model;
  };
  CHECK(model("llama3.2:3b") == "llama3.2:3b");
  CHECK(model("a\\nb").empty());
  CHECK(model(std::string(limits::model_bytes_max, 'a')).size()
        == limits::model_bytes_max);
  CHECK(model(std::string(limits::model_bytes_max + 1, 'a')).empty());
}
