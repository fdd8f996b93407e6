// SPDX-License-Identifier: Apache-2.0
// Goal: what OpenAI's clients send means the same to us; what we cannot say is
// named or refused. Method: one body with everything, then one thing at a time.
#include "app/clients/openai/parts.hpp"
#include "ask.hpp"

#include <catch2/catch.hpp>

namespace byollm::clients {

namespace {

std::string with(const std::string& more) {
  return R"({"messages":[{"role":"user","content":"hi"}])" + more + "}";
}

expected<asked_message> read(const std::string& body) {
  return read(openai_dialect(), body);
}

std::string refusal(const std::string& body) {
  return refusal(openai_dialect(), body);
}

expected<openai::asked_vectors> read_vectors(const std::string& body,
                                             const header_list& headers = {}) {
  return with_source(body, headers, [](const source& from) {
    return openai::read_vectors(from);
  });
}

} // namespace

TEST_CASE("a body of OpenAI's is read whole", "[clients]") {
  auto got = read(R"({
    "model": "gpt-x", "stream": true, "stream_options": {"include_usage": true},
    "messages": [
      {"role": "developer", "content": "Be brief."},
      {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
      {"role": "user", "content": [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url":
          {"url": "data:image/png;base64,AAAA"}},
        {"type": "image_url", "image_url":
          {"url": "https://example.com/x.png", "detail": "auto"}},
        {"type": "input_audio", "input_audio": {"data": "BBBB"}}]},
      {"role": "assistant", "content": null, "refusal": null, "annotations": [],
       "tool_calls": [
        {"id": "t1", "type": "function",
         "function": {"name": "find", "arguments": "{\"q\": 1}"}},
        {"id": "t2", "type": "function",
         "function": {"name": "now", "arguments": ""}}]},
      {"role": "tool", "tool_call_id": "t1", "content": "one"},
      {"role": "tool", "tool_call_id": "t2",
       "content": [{"type": "text", "text": "two"}]}],
    "max_completion_tokens": 200, "temperature": 0.4, "top_p": 0.9,
    "presence_penalty": 1, "frequency_penalty": -1, "stop": "END",
    "n": 1, "logprobs": false, "seed": 7, "user": "u-1",
    "tools": [{"type": "function", "function": {"name": "find",
      "description": "finds", "parameters": {"type": "object"}}}],
    "tool_choice": {"type": "function", "function": {"name": "find"}},
    "parallel_tool_calls": false,
    "response_format": {"type": "json_schema", "json_schema":
      {"name": "a", "strict": true, "schema": {"type": "object"}}},
    "reasoning_effort": "high"})");
  REQUIRE(got);
  CHECK(got->losses.empty());
  CHECK(got->stream);
  CHECK(got->include_usage);
  const auto& asked = got->request;
  CHECK(asked.model == "gpt-x");
  REQUIRE(asked.system_blocks.size() == 2);
  CHECK(asked.system_blocks[1].text == "Be kind.");
  REQUIRE(asked.messages.size() == 3);
  const auto& looked = asked.messages[0].content;
  CHECK(std::get<image_block>(looked[1]).media_type == "image/png");
  CHECK(std::get<image_block>(looked[1]).data == "AAAA");
  CHECK(std::get<image_block>(looked[2]).url == "https://example.com/x.png");
  CHECK(std::get<opaque_block>(looked[3]).dialect == "openai");
  const auto& said = asked.messages[1];
  CHECK(said.who == role::assistant);
  REQUIRE(said.content.size() == 2);
  CHECK(std::get<tool_use_block>(said.content[0]).input_json == "{\"q\": 1}");
  CHECK(std::get<tool_use_block>(said.content[1]).input_json == "{}");
  // What two calls got is one message: Anthropic insists on that.
  const auto& results = asked.messages[2];
  CHECK(results.who == role::user);
  REQUIRE(results.content.size() == 2);
  CHECK(std::get<tool_result_block>(results.content[1]).text == "two");
  CHECK(asked.params.max_tokens == 200);
  CHECK(asked.params.stop_sequences == std::vector<std::string>{"END"});
  CHECK(asked.seed == 7);
  CHECK(asked.metadata.at("user_id") == "u-1");
  CHECK(asked.tools.at(0).input_schema_json == R"({"type":"object"})");
  CHECK(asked.choice->how == tool_choice::mode::one);
  CHECK(asked.choice->one_at_a_time);
  CHECK(asked.output->strict);
  CHECK(asked.thinking->how == thinking_wish::effort::high);
  CHECK_FALSE(asked.extra);
}

TEST_CASE("any of OpenAI's models may be whoever answers", "[clients]") {
  for (auto name : {"byollm", "default", ""})
    CHECK_FALSE(
      read(with(R"(,"model":")" + std::string{name} + '"'))->request.model);
  CHECK_FALSE(read(with(""))->request.model);
}

TEST_CASE("a purpose comes by header or in OpenAI's metadata", "[clients]") {
  auto body = with(R"(,"metadata":{"purpose":"title","a":"b"})");
  auto got = read(body);
  CHECK(got->request.purpose == "title");
  CHECK(got->request.extra->fields_json == R"({"metadata":{"a":"b"}})");
  auto by_header = read(openai_dialect(), body, {{"X-Byollm-Purpose", "rag"}});
  CHECK(by_header->request.purpose == "rag");
  CHECK_FALSE(read(with(R"(,"metadata":{"purpose":"x"})"))->request.extra);
}

TEST_CASE("what only OpenAI knows stays as it came", "[clients]") {
  auto got
    = read(openai_dialect(), with(R"(,"store":true,"logit_bias":{"5":1.50})"),
           {{"OpenAI-Organization", "o"},
            {"Authorization", "Bearer x"},
            {"Cookie", "c"},
            {"anthropic-beta", "b"},
            {"traceparent", "00-1"}});
  const auto& extra = *got->request.extra;
  CHECK(extra.dialect == "openai");
  CHECK(extra.fields_json == R"({"store":true,"logit_bias":{"5":1.50}})");
  CHECK(extra.headers
        == std::map<std::string, std::string>{{"openai-organization", "o"},
                                              {"traceparent", "00-1"}});
}

TEST_CASE("what no answer could tell is refused by its name", "[clients]") {
  for (auto [more, place] :
       std::initializer_list<std::pair<const char*, const char*>>{
         {R"("n":2)", "n"},
         {R"("logprobs":true)", "logprobs"},
         {R"("top_logprobs":3)", "top_logprobs"},
         {R"("functions":[{}])", "functions"},
         {R"("function_call":"auto")", "function_call"},
         {R"("audio":{"voice":"x"})", "audio"},
         {R"("modalities":["text","audio"])", "modalities"},
         {R"("stream_options":{"include_obfuscation":true})",
          "stream_options.include_obfuscation"},
         {R"("temperature":"warm")", "temperature"},
         {R"("temperature":9)", "temperature"},
         {R"("stop":[""])", "stop"},
         {R"("max_tokens":1,"max_completion_tokens":2)", "max_tokens"},
         {R"("tools":[{"type":"custom"}])", "tools.0.type"},
         {R"("tools":[{"type":"function","function":{}}])",
          "tools.0.function.name"},
         {R"("tool_choice":"some")", "tool_choice"},
         {R"("response_format":{"type":"xml"})", "response_format.type"},
         {R"("reasoning_effort":"most")", "reasoning_effort"},
         {R"("seed":1.5)", "seed"},
         {R"("stream":1)", "stream"},
         {R"("st\u006fre":true)", R"(st\u006fre)"},
       }) {
    CAPTURE(more);
    auto why = refusal(with(std::string{","} + more));
    CHECK(why.substr(0, why.find(": ")) == place);
  }
  for (auto messages :
       {"[]", "null", "{}", "[1]", R"([{"role":"user","content":1}])",
        R"([{"role":"function","content":"x"}])", R"([{"content":"x"}])",
        R"([{"role":"user","content":[{"type":"text"}]}])",
        R"([{"role":"tool","content":"x"}])",
        R"([{"role":"user","content":[{"type":"image_url",
            "image_url":{"url":"data:image/png,A"}}]}])"}) {
    CAPTURE(messages);
    CHECK(refusal(std::string{"{\"messages\":"} + messages + '}')
            .starts_with("messages"));
  }
}

TEST_CASE("what is lost of OpenAI's words is told", "[clients]") {
  CHECK(lost_in(*read(with(R"(,"reasoning_effort":"minimal")"))) == "effort ");
  CHECK(lost_in(*read(with(R"(,"tools":[{"type":"function","function":
          {"name":"f","strict":true}}])")))
        == "extra ");
  CHECK(lost_in(*read(R"({"messages":[{"role":"user","content":"a"},
          {"role":"system","content":"late"}]})"))
        == "extra ");
  CHECK(lost_in(*read(R"({"messages":[{"role":"user","name":"ada",
          "content":"a"}]})"))
        == "extra ");
  CHECK(lost_in(*read(with(R"(,"response_format":{"type":"json_object"})")))
        == "");
}

TEST_CASE("any JSON object is asked for as that", "[clients]") {
  auto got = read(with(R"(,"response_format":{"type":"json_object"})"));
  REQUIRE(got->request.output);
  // A schema is more than what was asked, and not every provider takes it.
  CHECK(got->request.output->schema_json.empty());
  CHECK_FALSE(
    read(with(R"(,"response_format":{"type":"text"})"))->request.output);
}

TEST_CASE("an assistant's thoughts come back from OpenAI's clients",
          "[clients]") {
  auto got = read(R"({"messages":[{"role":"user","content":"a"},
    {"role":"assistant","content":"b","reasoning_content":"c"},
    {"role":"assistant","content":""}]})");
  REQUIRE(got->request.messages.size() == 2);
  const auto& said = got->request.messages[1].content;
  CHECK(std::get<thinking_block>(said[0]).text == "c");
  CHECK(std::get<text_block>(said[1]).text == "b");
}

TEST_CASE("a request for vectors is read", "[clients]") {
  auto got = read_vectors(R"({"model":"byollm","input":["a","b"],"dimensions":3,
    "encoding_format":"base64","user":"u"})");
  REQUIRE(got);
  CHECK(got->request.input.texts == std::vector<std::string>{"a", "b"});
  CHECK(got->request.input.dimensions == 3u);
  CHECK(got->request.input.format == vector_format::base64);
  CHECK_FALSE(got->request.model);
  CHECK(read_vectors(R"({"input":"a"})")->request.input.texts.size() == 1);
  for (auto bad : {R"({"input":[1,2]})", R"({"input":[[1]]})", "{}",
                   R"({"input":"a","encoding_format":"x"})"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_vectors(bad));
  }
}

TEST_CASE("a purpose of vectors comes by header or in metadata", "[clients]") {
  auto body = R"({"input":"a","metadata":{"purpose":"title"}})";
  auto got = read_vectors(body);
  CHECK(got->request.purpose == "title");
  CHECK(got->losses.empty());
  auto by_header = read_vectors(body, {{"x-byollm-purpose", "rag"}});
  CHECK(by_header->request.purpose == "rag");
  CHECK(read_vectors(R"({"input":"a"})")->request.purpose.empty());
}

} // namespace byollm::clients
