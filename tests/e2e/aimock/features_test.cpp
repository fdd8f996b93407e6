// SPDX-License-Identifier: Apache-2.0
// Goal: thoughts, several tools at once, schemas, seeds, vectors, lists of
// models and errors by their codes are understood by an upstream that nobody
// here wrote, streaming and not.
// Method: as in aimock_test.cpp. aimock refuses an Anthropic conversation whose
// thoughts are missing; of an OpenAI request it sees every field, of the
// others' not: there tests/unit/clients is the judge.
#include "tests/e2e/aimock/aimock_host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace byollm::test {

namespace {

constexpr auto city_schema
  = R"({"type":"object","properties":{"city":{"type":"string"}},)"
    R"("required":["city"],"additionalProperties":false})";

std::vector<thinking_block> thoughts_in(const message_reply& reply) {
  std::vector<thinking_block> thoughts;
  for (const auto& block : reply.content)
    if (auto* thought = std::get_if<thinking_block>(&block))
      thoughts.push_back(*thought);
  return thoughts;
}

/// aimock's Ollama calls thoughts by OpenAI's name.
bool has_thoughts(const dialect_case& with) {
  return with.provider != "local-ollama";
}

create_message_request thinking(create_message_request request) {
  request.thinking = {thinking_wish::effort::low};
  return request;
}

/// Returns `request` after `reply` and a result for each of its calls.
create_message_request after(create_message_request request,
                             const message_reply& reply) {
  request.messages.push_back({role::assistant, reply.content});
  auto& results = request.messages.emplace_back();
  for (const auto& call : calls_in(reply))
    results.content.push_back(tool_result_block{call.id, "sunny"});
  return request;
}

} // namespace

TEST_CASE("thoughts arrive, and signed ones with their signature", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto reply = host.answer(with, thinking(say("sum up")));
    CHECK(reply.text() == "It is 4.");
    if (!has_thoughts(with))
      continue;
    auto thoughts = thoughts_in(reply);
    auto visible = std::ranges::find_if(
      thoughts, [](const auto& each) { return !each.redacted; });
    REQUIRE(visible != thoughts.end());
    CHECK(visible->text == "Two and two.");
    auto is_signed = with.provider == "anthropic";
    CHECK(visible->signature == (is_signed ? "c2lnbmVk" : ""));
    CHECK(thoughts.size() == (is_signed ? 2 : 1));
  }
}

TEST_CASE("thoughts go back with the results of the tools they led to",
          "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto request = thinking(ask_weather("think of the weather"));
    auto asked = host.answer(with, request);
    CHECK(thoughts_in(asked).empty() != has_thoughts(with));
    CHECK(host.answer(with, after(request, asked)).text() == "Sunny, then.");
    if (with.provider != "anthropic")
      continue;
    // Without them aimock refuses to think on, as Anthropic does: then nobody
    // is asked to.
    std::erase_if(asked.content, [](const content_block& block) {
      return std::holds_alternative<thinking_block>(block);
    });
    auto answered = host.answer(with, after(request, asked));
    CHECK(answered.text() == "Sunny, then.");
    CHECK(std::ranges::any_of(answered.losses, [](const loss& each) {
      return each.what == lost::thinking;
    }));
  }
}

TEST_CASE("two tools are called at once, and both are answered", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto request = ask_weather("weather of two cities");
    auto asked = host.answer(with, request);
    CHECK(asked.stop == stop_reason::tool_use);
    auto calls = calls_in(asked);
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].id != calls[1].id);
    CHECK(calls[0].input_json.find("Paris") != std::string::npos);
    CHECK(calls[1].input_json.find("Bern") != std::string::npos);
    CHECK(host.answer(with, after(request, asked)).text() == "Both are sunny.");
  }
}

TEST_CASE("OpenAI's dialect says each wish in the words that aimock reads",
          "[aimock]") {
  aimock_host host;
  for (auto stream : {false, true}) {
    auto request = thinking(ask_weather("which city"));
    request.seed = 7;
    request.choice = tool_choice{tool_choice::mode::automatic, "", true};
    request.metadata = {{"user_id", "u-1"}};
    request.output = {city_schema, "city", true};
    auto reply = host.answer({"openai", stream}, request);
    CHECK(reply.text() == R"({"city":"Bern"})");
    CHECK(reply.losses.empty());
    // It looked: without any one of them there is another answer.
    request.seed.reset();
    CHECK(host.answer({"openai", stream}, request).text() == "Some city.");
  }
}

// aimock's Ollama answers /api/embed as an endpoint of long ago did.
TEST_CASE("vectors of OpenAI arrive as they are, in both forms", "[aimock]") {
  aimock_host host;
  embed_request request;
  request.input.texts = {"a text for vectors"};
  for (auto format : {vector_format::floats, vector_format::base64}) {
    request.input.format = format;
    auto reply = host.turn_of("openai").llm().embed(request).get();
    if (!reply)
      FAIL(describe(reply.error()));
    CHECK(reply->vectors == std::vector<embedding>{{0.5f, -1.25f, 3e-5f}});
  }
}

TEST_CASE("the models of each provider are listed", "[aimock]") {
  aimock_host host;
  for (auto provider : {"anthropic", "openai", "local-ollama"}) {
    INFO(provider);
    auto models = host.turn_of(provider).llm().models().get();
    if (!models)
      FAIL(describe(models.error()));
    CHECK_FALSE(models->empty());
  }
}

TEST_CASE("errors are told apart by their codes and words", "[aimock]") {
  aimock_host host;
  struct row {
    const char* say;
    errc code;
    unsigned status;
  };
  constexpr row table[] = {
    {"bad key", errc::authentication, 401},
    {"no quota", errc::quota_exhausted, 429},
    {"too long a talk", errc::context_length, 400},
    {"no such model", errc::model_not_found, 404},
  };
  for (const auto& with : every_dialect())
    for (auto [words, code, status] : table) {
      INFO(with.provider << (with.stream ? " streaming: " : ": ") << words);
      auto got = host.ask(with, say(words));
      REQUIRE_FALSE(got.reply);
      CHECK(to_string(got.reply.error().code) == to_string(code));
      CHECK(got.reply.error().http_status == status);
    }
}

} // namespace byollm::test
