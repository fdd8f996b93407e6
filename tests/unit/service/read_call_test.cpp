// SPDX-License-Identifier: Apache-2.0
// Goal: a call's body is understood as docs/service.md says, and what is wrong
// or unknown in it is named. Method: one body with everything, then one wrong
// thing at a time.
#include "app/service/read_call.hpp"

#include <catch2/catch.hpp>

namespace byollm::service {

namespace {

expected<asked_call> read(const std::string& text) {
  rapidjson::Document body;
  body.Parse(text.c_str());
  REQUIRE_FALSE(body.HasParseError());
  return read_call(body, text);
}

std::string with(const std::string& more) {
  return R"({"messages": [{"role": "user", "content": "hi"}])" + more + "}";
}

} // namespace

TEST_CASE("a call's body is read whole", "[service]") {
  auto got = read(R"({
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
      {"role": "user", "content": "hello"},
      {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "tool_use", "id": "t1", "name": "find",
         "input": {"q": ["x", 1]}}]},
      {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t1", "content": "no",
         "is_error": true},
        {"type": "image", "media_type": "image/png", "data": "AAAA"},
        {"type": "image", "url": "https://example.com/x.png"}]}],
    "max_tokens": 200, "temperature": 0.4, "top_p": 0.9,
    "presence_penalty": 1, "frequency_penalty": -1,
    "stop_sequences": ["END"],
    "tools": [{"name": "find", "description": "finds",
               "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "tool", "name": "find"},
    "purpose": "summary", "model": "m", "metadata": {"user_id": "u"},
    "timeout_ms": 5000, "id": "call-1", "stream": true})");
  REQUIRE(got);
  const auto& asked = got->request;
  CHECK(got->stream);
  CHECK(asked.system == "Be brief.");
  REQUIRE(asked.messages.size() == 3);
  const auto& said = asked.messages[1].content;
  CHECK(std::get<thinking_block>(said[0]).signature == "s");
  CHECK(std::get<tool_use_block>(said[1]).input_json == R"({"q":["x",1]})");
  const auto& results = asked.messages[2].content;
  CHECK(std::get<tool_result_block>(results[0]).is_error);
  CHECK(std::get<image_block>(results[2]).url == "https://example.com/x.png");
  CHECK(asked.params.max_tokens == 200);
  CHECK(asked.params.temperature == 0.4);
  CHECK(asked.params.stop_sequences == std::vector<std::string>{"END"});
  REQUIRE(asked.tools.size() == 1);
  CHECK(asked.tools[0].input_schema_json == R"({"type":"object"})");
  REQUIRE(asked.choice);
  CHECK(asked.choice->name == "find");
  CHECK(asked.purpose == "summary");
  CHECK(asked.metadata.at("user_id") == "u");
  CHECK(asked.timeout == std::chrono::seconds{5});
  CHECK(asked.id == "call-1");
}

TEST_CASE("an output without a schema is any JSON object", "[service]") {
  auto got = read(with(R"(, "output": {}, "seed": 1)"));
  REQUIRE(got);
  REQUIRE(got->request.output);
  CHECK(got->request.output->schema_json.empty());
  for (auto schema : {R"("object")", "1", "[]"}) {
    auto bad
      = read(with(R"(, "output": {"schema": )" + std::string{schema} + "}"));
    REQUIRE_FALSE(bad);
    CHECK(bad.error().parameter == "output");
  }
}

TEST_CASE("what is wrong or unknown in a call is named", "[service]") {
  auto named = [](const std::string& body) {
    auto got = read(body);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid_request);
    return got.error().parameter;
  };
  CHECK(read(with("")));
  CHECK(named("{}") == "messages");
  CHECK(named(R"({"messages": []})") == "messages");
  CHECK(named(R"({"messages": "hi"})") == "messages");
  CHECK(named(R"({"messages": [{"role": "king", "content": "x"}]})")
        == "messages");
  CHECK(named(R"({"messages": [{"role": "user"}]})") == "messages");
  CHECK(named(R"({"messages": [{"role": "user", "content": "x", "y": 1}]})")
        == "messages");
  CHECK(named(R"({"messages": [{"role": "user",
                  "content": [{"type": "video"}]}]})")
        == "messages");
  CHECK(named(R"({"messages": [{"role": "user",
                  "content": [{"type": "image"}]}]})")
        == "messages");
  CHECK(named(with(R"(, "system": 5)")) == "system");
  CHECK(named(with(R"(, "temperature": "hot")")) == "temperature");
  CHECK(named(with(R"(, "temperature": 3)")) == "temperature");
  CHECK(named(with(R"(, "max_tokens": 1.5)")) == "max_tokens");
  CHECK(named(with(R"(, "tools": {})")) == "tools");
  CHECK(named(with(R"(, "tools": [{"description": "x"}])")) == "tools");
  CHECK(named(with(R"(, "tool_choice": {"type": "some"})")) == "tool_choice");
  CHECK(named(with(R"(, "metadata": {"x": 1})")) == "metadata");
  CHECK(named(with(R"(, "stream": "yes")")) == "stream");
  CHECK(named(with(R"(, "tenant": "other")")) == "tenant");
  CHECK(named(with(R"(, "user": "other")")) == "user");
}

TEST_CASE("an embeddings call's body is read whole", "[service]") {
  auto read_texts = [](const std::string& text) {
    rapidjson::Document body;
    body.Parse(text.c_str());
    REQUIRE_FALSE(body.HasParseError());
    return read_embed(body);
  };
  auto got = read_texts(R"({"input": ["a", "b"], "dimensions": 8,
    "encoding_format": "base64", "purpose": "rag", "model": "m", "id": "c",
    "timeout_ms": 5000, "metadata": {"user_id": "u"}})");
  REQUIRE(got);
  CHECK(got->input.texts == std::vector<std::string>{"a", "b"});
  CHECK(got->input.dimensions == 8u);
  CHECK(got->input.format == vector_format::base64);
  CHECK(got->purpose == "rag");
  CHECK(got->model == "m");
  CHECK(got->id == "c");
  CHECK(got->timeout == std::chrono::seconds{5});
  CHECK(got->metadata.at("user_id") == "u");
  CHECK(read_texts(R"({"input": "a"})")->input.texts.size() == 1);
  for (auto [body, wrong] : {
         std::pair{R"({})", "input"},
         {R"({"input": 7})", "input"},
         {R"({"input": ""})", "input"},
         {R"({"input": ["a", 7]})", "input"},
         {R"({"input": "a", "dimensions": -1})", "dimensions"},
         {R"({"input": "a", "encoding_format": "int8"})", "encoding_format"},
         {R"({"input": "a", "temperature": 1})", "temperature"},
       }) {
    INFO(body);
    auto bad = read_texts(body);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().parameter == wrong);
  }
}

TEST_CASE("a caller's own fields stay as they are written", "[service]") {
  auto got = read(with(
    R"(, "extra": {"dialect": "openai", "fields": {"a": 1.50e3, "b":[ 1 ]}})"));
  REQUIRE(got);
  REQUIRE(got->request.extra);
  CHECK(got->request.extra->fields_json == R"({"a": 1.50e3, "b":[ 1 ]})");
  // Written in other letters they are the same, if not byte for byte.
  got = read(
    with(R"(, "ex\u0074ra": {"dialect": "openai", "fields": {"a": 1}})"));
  REQUIRE(got);
  CHECK(got->request.extra->fields_json == R"({"a":1})");
}

TEST_CASE("opaque blocks and shown results are read", "[service]") {
  auto got = read(R"({"messages": [
    {"role": "assistant", "content": [
      {"type": "opaque", "dialect": "anthropic", "block": {"type": "x"}}]},
    {"role": "user", "content": [
      {"type": "tool_result", "tool_use_id": "c", "content": [
        {"type": "text", "text": "a"}, {"type": "text", "text": "b"},
        {"type": "image", "media_type": "image/png", "data": "QUJD"}]}]}]})");
  REQUIRE(got);
  const auto& messages = got->request.messages;
  auto& opaque = std::get<opaque_block>(messages[0].content[0]);
  CHECK(opaque.dialect == "anthropic");
  CHECK(opaque.json == R"({"type":"x"})");
  auto& result = std::get<tool_result_block>(messages[1].content[0]);
  CHECK(result.text == "a\nb");
  REQUIRE(result.images.size() == 1);
  CHECK(result.images[0].data == "QUJD");
  for (auto block : {R"({"type": "opaque", "block": {}})",
                     R"({"type": "opaque", "dialect": "openai", "block": []})",
                     R"({"type": "tool_result", "tool_use_id": "c", "content": [
             {"type": "thinking", "thinking": "x"}]})"})
    CHECK_FALSE(
      read(std::string{R"({"messages": [{"role": "user", "content": [)"} + block
           + "]}]}"));
}

} // namespace byollm::service
