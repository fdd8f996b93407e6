// SPDX-License-Identifier: Apache-2.0
// Goal: token counts are normalised alike for all providers, and what is not a
// count is unknown, never zero. Method: one table, through whole answers and
// streams.
#include "tests/unit/dialects/harness.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr auto known = token_usage::source::provider;
constexpr std::nullopt_t unknown = std::nullopt;

struct row {
  std::string usage;
  token_usage expected;
};

token_usage anthropic(const std::string& usage) {
  return decode("anthropic", false, R"({"content":[],"usage":)" + usage + '}')
    .reply.usage;
}

token_usage openai(const std::string& usage) {
  auto whole = decode("openai", false,
                      R"({"choices":[{"message":{}}],"usage":)" + usage + '}');
  auto stream = decode("openai", true,
                       "data: {\"choices\":[{\"delta\":{}}]}\n\n"
                       "data: {\"choices\":[],\"usage\":"
                         + usage + "}\n\ndata: [DONE]\n\n");
  CHECK(whole.why.code == errc::none);
  CHECK(whole.reply.usage == stream.reply.usage);
  return whole.reply.usage;
}

token_usage ollama(const std::string& counts) {
  return decode("local-ollama", false,
                R"({"message":{},"done":true)" + counts + '}')
    .reply.usage;
}

} // namespace

TEST_CASE("Anthropic's counts stand beside each other", "[usage]") {
  const row table[] = {
    {R"({"input_tokens":3,"cache_read_input_tokens":20,"cache_creation_input_tokens":100,"output_tokens":7})",
     {known, 3, 20, 100, 7, unknown}},
    {R"({"input_tokens":0,"output_tokens":0})",
     {known, 0, unknown, unknown, 0, unknown}},
    {R"({"input_tokens":null,"cache_read_input_tokens":null,"output_tokens":7})",
     {known, unknown, unknown, unknown, 7, unknown}},
    // Thoughts are a part of the output; more than all of it is no count.
    {R"({"output_tokens":7,"output_tokens_details":{"thinking_tokens":5}})",
     {known, unknown, unknown, unknown, 7, 5}},
    {R"({"output_tokens":7,"output_tokens_details":{"thinking_tokens":8}})",
     {known, unknown, unknown, unknown, 7, unknown}},
    {R"({"output_tokens":7,"output_tokens_details":null})",
     {known, unknown, unknown, unknown, 7, unknown}},
    {"{}", {}},
    {"null", {}},
    {"[]", {}},
    {"5", {}},
  };
  for (auto& [usage, expected] : table) {
    CAPTURE(usage);
    CHECK(anthropic(usage) == expected);
  }
}

TEST_CASE("OpenAI's prompt count is split into cached and not", "[usage]") {
  const row table[] = {
    {R"({"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":4}})",
     {known, 40, 60, unknown, 9, 4}},
    {R"({"prompt_tokens":100,"completion_tokens":9})",
     {known, 100, unknown, unknown, 9, unknown}},
    {R"({"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":null})",
     {known, 100, unknown, unknown, 9, unknown}},
    // What goes into the cache costs more, from GPT-5.6 on, than what does not.
    {R"({"prompt_tokens":2600,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":2000,"cache_write_tokens":400}})",
     {known, 200, 2000, 400, 9, unknown}},
    {R"({"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0}})",
     {known, 100, 0, 0, 9, unknown}},
    {R"({"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":41}})",
     {known, unknown, unknown, unknown, 9, unknown}},
    // More from the cache than there was: neither is believed.
    {R"({"prompt_tokens":10,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":60}})",
     {known, unknown, unknown, unknown, 9, unknown}},
    {R"({"prompt_tokens":10,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":-1}})",
     {known, unknown, unknown, unknown, 9, unknown}},
    {R"({"prompt_tokens":10,"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":10}})",
     {known, 10, unknown, unknown, 9, unknown}},
    {"{}", {}},
    {"null", {}},
    {"\"12\"", {}},
  };
  for (auto& [usage, expected] : table) {
    CAPTURE(usage);
    CHECK(openai(usage) == expected);
  }
}

TEST_CASE("OpenAI's output has its thoughts, wherever they are counted",
          "[usage]") {
  auto counts = [](const std::string& total, const std::string& reasoning) {
    return R"({"prompt_tokens":30,"completion_tokens":10)"
           + (total.empty() ? "" : R"(,"total_tokens":)" + total)
           + (reasoning.empty() ? ""
                                : R"(,"completion_tokens_details":)"
                                  R"({"reasoning_tokens":)"
                                    + reasoning + "}")
           + "}";
  };
  auto has
    = [](std::optional<uint64_t> output, std::optional<uint64_t> reasoning) {
        return token_usage{known, 30, unknown, unknown, output, reasoning};
      };
  // Within it: OpenAI.
  CHECK(openai(counts("40", "4")) == has(10, 4));
  CHECK(openai(counts("40", "0")) == has(10, 0));
  CHECK(openai(counts("40", "")) == has(10, unknown));
  // Beside it: xAI.
  CHECK(openai(counts("340", "300")) == has(310, 300));
  CHECK(openai(counts("44", "4")) == has(14, 4));
  // Neither: more, or less, than we know of.
  CHECK(openai(counts("341", "300")) == has(unknown, unknown));
  CHECK(openai(counts("339", "300")) == has(unknown, unknown));
  CHECK(openai(counts("340", "")) == has(unknown, unknown));
  CHECK(openai(counts("39", "4")) == has(unknown, unknown));
  // A total that is missing, or was not filled in, says nothing.
  for (auto none : {"", "null", "0", "-1", "\"340\""})
    CHECK(openai(counts(none, "4")) == has(10, 4));
}

TEST_CASE("Ollama's counts are taken as they are", "[usage]") {
  CHECK(ollama(R"(,"prompt_eval_count":26,"eval_count":5)")
        == token_usage{known, 26, unknown, unknown, 5, unknown});
  CHECK(ollama(R"(,"eval_count":5)")
        == token_usage{known, unknown, unknown, unknown, 5, unknown});
  CHECK(ollama("") == token_usage{});
}

TEST_CASE("what is not a count is unknown with every provider", "[usage]") {
  for (std::string bad :
       {"-5", "1.5", "\"12\"", "1e308", "9223372036854775808", "null", "true",
        "[1]", "{}", "9007199254740993", "-0"}) {
    CAPTURE(bad);
    CHECK_FALSE(
      anthropic(R"({"input_tokens":1,"output_tokens":)" + bad + '}').output);
    CHECK_FALSE(
      openai(R"({"prompt_tokens":1,"completion_tokens":)" + bad + '}').output);
    CHECK_FALSE(ollama(R"(,"prompt_eval_count":1,"eval_count":)" + bad).output);
  }
}

TEST_CASE("a later count replaces an earlier one, even by unknown", "[usage]") {
  auto stream = [](std::string_view first, std::string_view second) {
    auto event = [](std::string_view usage) {
      return "event: message_delta\ndata: {\"delta\":{},\"usage\":"
             + std::string{usage} + "}\n\n";
    };
    return decode("anthropic", true,
                  event(first) + event(second)
                    + "event: message_stop\ndata: {}\n\n")
      .reply.usage;
  };
  CHECK(stream(R"({"output_tokens":5})", R"({"output_tokens":9})").output == 9);
  CHECK(stream(R"({"output_tokens":5})", R"({})").output == 5);
  CHECK(stream(R"({"output_tokens":5})", R"({"output_tokens":null})").output
        == 5);
  CHECK_FALSE(
    stream(R"({"output_tokens":5})", R"({"output_tokens":-1})").output);
}

TEST_CASE("the first guess of message_start is no output count", "[usage]") {
  auto got = decode(
    "anthropic", true,
    "event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":4,"
    "\"output_tokens\":1}}}\n\nevent: message_stop\ndata: {}\n\n");
  CHECK(got.reply.usage
        == token_usage{known, 4, unknown, unknown, unknown, unknown});
}
