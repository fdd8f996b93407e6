// SPDX-License-Identifier: Apache-2.0
// Goal: what Anthropic's clients send means the same to us; what we cannot say
// is named or refused. Method: one body with everything, then one thing at a
// time.
#include "ask.hpp"

#include <catch2/catch.hpp>

namespace byollm::clients {

namespace {

std::string with(const std::string& more) {
  return R"({"max_tokens":9,"messages":[{"role":"user","content":"hi"}])" + more
         + "}";
}

expected<asked_message> read(const std::string& body) {
  return read(anthropic_dialect(), body);
}

} // namespace

TEST_CASE("a body of Anthropic's is read whole", "[clients]") {
  auto got = read(R"({
    "model": "claude-x", "max_tokens": 200, "stream": true,
    "system": [{"type": "text", "text": "Be brief.",
                "cache_control": {"type": "ephemeral"}}],
    "messages": [
      {"role": "user", "content": [
        {"type": "text", "text": "look"},
        {"type": "image", "source": {"type": "base64",
          "media_type": "image/png", "data": "AAAA"}},
        {"type": "image", "source": {"type": "url",
          "url": "https://example.com/x.png"}},
        {"type": "document", "source": {"type": "text", "data": "d"}}]},
      {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "redacted_thinking", "data": "r"},
        {"type": "tool_use", "id": "t1", "name": "find", "input": {"q": 1}},
        {"type": "server_tool_use", "id": "s1", "name": "web_search",
         "input": {}}]},
      {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t1", "is_error": true,
         "content": [{"type": "text", "text": "one"},
                     {"type": "text", "text": "two"},
                     {"type": "image", "source": {"type": "base64",
                       "media_type": "image/png", "data": "BBBB"}}],
         "cache_control": {"type": "ephemeral", "ttl": "5m"}}]}],
    "temperature": 0.4, "top_p": 0.9, "stop_sequences": ["END"],
    "metadata": {"user_id": "u-1"},
    "tools": [{"name": "find", "description": "finds", "type": "custom",
               "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "tool", "name": "find",
                    "disable_parallel_tool_use": true},
    "thinking": {"type": "enabled", "budget_tokens": 2048},
    "output_config": {"format": {"type": "json_schema",
                                 "schema": {"type": "object"}}}})");
  REQUIRE(got);
  CHECK(got->losses.empty());
  CHECK(got->stream);
  const auto& asked = got->request;
  CHECK(asked.model == "claude-x");
  REQUIRE(asked.system_blocks.size() == 1);
  CHECK(asked.system_blocks[0].cache_mark);
  REQUIRE(asked.messages.size() == 3);
  const auto& looked = asked.messages[0].content;
  CHECK(std::get<image_block>(looked[1]).data == "AAAA");
  CHECK(std::get<image_block>(looked[2]).url == "https://example.com/x.png");
  CHECK(std::get<opaque_block>(looked[3]).json
        == R"({"type":"document","source":{"type":"text","data":"d"}})");
  const auto& said = asked.messages[1].content;
  CHECK(std::get<thinking_block>(said[0]).signature == "s");
  CHECK(std::get<thinking_block>(said[1]).redacted);
  CHECK(std::get<tool_use_block>(said[2]).input_json == R"({"q":1})");
  CHECK(std::get<opaque_block>(said[3]).dialect == "anthropic");
  const auto& result
    = std::get<tool_result_block>(asked.messages[2].content[0]);
  CHECK(result.text == "one\ntwo");
  CHECK(result.is_error);
  CHECK(result.cache_mark);
  REQUIRE(result.images.size() == 1);
  CHECK(asked.params.max_tokens == 200);
  CHECK(asked.params.stop_sequences == std::vector<std::string>{"END"});
  CHECK(asked.metadata.at("user_id") == "u-1");
  CHECK(asked.tools.at(0).description == "finds");
  CHECK(asked.choice->how == tool_choice::mode::one);
  CHECK(asked.choice->one_at_a_time);
  CHECK(asked.thinking->budget_tokens == 2048);
  CHECK(asked.output->schema_json == R"({"type":"object"})");
  CHECK_FALSE(asked.extra);
}

TEST_CASE("Anthropic's plain texts are texts", "[clients]") {
  auto got = read(with(R"(,"system":"Be brief.","model":"byollm")"));
  CHECK(got->request.system == "Be brief.");
  CHECK(got->request.system_blocks.empty());
  CHECK_FALSE(got->request.model);
}

TEST_CASE("a purpose comes by header or in Anthropic's metadata", "[clients]") {
  auto body = with(R"(,"metadata":{"purpose":"title","user_id":"u"})");
  auto got = read(body);
  CHECK(got->request.purpose == "title");
  CHECK(got->request.metadata.size() == 1);
  CHECK(lost_in(*got) == "");
  auto by_header
    = read(anthropic_dialect(), body, {{"x-byollm-purpose", "rag"}});
  CHECK(by_header->request.purpose == "rag");
}

TEST_CASE("what only Anthropic knows stays as it came", "[clients]") {
  auto got
    = read(anthropic_dialect(), with(R"(,"top_k":5,"service_tier":"auto")"),
           {{"anthropic-version", "2026-10-21"},
            {"anthropic-beta", "a"},
            {"anthropic-beta", "b"},
            {"x-api-key", "k"}});
  const auto& extra = *got->request.extra;
  CHECK(extra.dialect == "anthropic");
  CHECK(extra.fields_json == R"({"top_k":5,"service_tier":"auto"})");
  CHECK(extra.headers
        == std::map<std::string, std::string>{
          {"anthropic-version", "2026-10-21"}, {"anthropic-beta", "a,b"}});
}

TEST_CASE("what Anthropic's clients may not ask is refused by its name",
          "[clients]") {
  for (auto [more, place] :
       std::initializer_list<std::pair<const char*, const char*>>{
         {R"("thread":{"type":"create"})", "thread"},
         {R"("tools":[{"type":"web_search_20250305","name":"web_search"}])",
          "tools.0.type"},
         {R"("tools":[{}])", "tools.0.name"},
         {R"("tool_choice":{"type":"some"})", "tool_choice.type"},
         {R"("temperature":3)", "temperature"},
         {R"("stop_sequences":"x")", "stop_sequences"},
         {R"("system":[{"type":"image"}])", "system.0.source"},
         {R"("thinking":{"type":"some"})", "thinking.type"},
         {R"("output_config":{"effort":"some"})", "output_config.effort"},
         {R"("output_config":{"format":{"type":"xml"}})",
          "output_config.format.type"},
         {R"("metadata":{"user_id":1})", "metadata.user_id"},
       }) {
    CAPTURE(more);
    auto why = refusal(anthropic_dialect(), with(std::string{","} + more));
    CHECK(why.substr(0, why.find(": ")) == place);
  }
  auto why = refusal(
    anthropic_dialect(),
    R"({"max_tokens":0,"messages":[{"role":"user","content":"hi"}]})");
  CHECK(why.substr(0, why.find(": ")) == "max_tokens");
}

TEST_CASE("what is lost of Anthropic's words is told", "[clients]") {
  auto lost_of
    = [](const std::string& more) { return lost_in(*read(with(more))); };
  CHECK(lost_of(R"(,"metadata":{"team":"a"})") == "extra ");
  CHECK(lost_of(R"(,"tools":[{"name":"f","strict":true}])") == "extra ");
  CHECK(lost_of(R"(,"thinking":{"type":"adaptive"},
                   "output_config":{"effort":"max"})")
        == "effort ");
  CHECK(lost_of(R"(,"output_config":{"effort":"low"})") == "effort ");
  CHECK(lost_of(R"(,"system":[{"type":"text","text":"x",
                   "cache_control":{"type":"ephemeral","ttl":"1h"}}])")
        == "cache_marks ");
  CHECK(lost_of("") == "");
}

} // namespace byollm::clients
