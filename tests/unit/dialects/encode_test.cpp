// SPDX-License-Identifier: Apache-2.0
// Goal: a canonical request becomes the request that each provider documents.
// Method: golden bodies, compared as parsed JSON.
#include "tests/unit/dialects/encode_call.hpp"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

/// Renders JSON in one form, members sorted as they came.
std::string normal(std::string_view text) {
  rapidjson::Document doc;
  doc.Parse<rapidjson::kParseValidateEncodingFlag
            | rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  if (doc.HasParseError())
    return "not JSON: " + std::string{text};
  rapidjson::StringBuffer out;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer{out};
  doc.Accept(writer);
  return out.GetString();
}

bool same_json(std::string_view left, std::string_view right) {
  rapidjson::Document a, b;
  a.Parse(left.data(), left.size());
  b.Parse(right.data(), right.size());
  return !a.HasParseError() && !b.HasParseError() && a == b;
}

void check_body(const call& what, std::string_view expected) {
  auto got = what.encode();
  REQUIRE(got);
  INFO(normal(got->body));
  INFO(normal(expected));
  CHECK(same_json(got->body, expected));
}

/// A conversation with everything in it.
create_message_request everything() {
  create_message_request result;
  result.system = "Be \"brief\".\n";
  result.messages = {
    user({text_block{"Look:", true},
          image_block{"image/png", "iVBORw0KGgo=", {}}}),
    assistant({thinking_block{"Hmm.", "sig=="},
               thinking_block{"opaque", {}, true}, text_block{"I look."},
               tool_use_block{"call_1", "zoom", "{\"x\": 1.50}"},
               tool_use_block{"call_2", "now", ""}}),
    user({tool_result_block{"call_1", "closer", false},
          tool_result_block{"call_2", "no clock", true}, text_block{"And?"}})};
  result.tools = {{"zoom", "Zooms in",
                   R"({"type":"object","properties":{"x":{"type":"number"}}})"},
                  {"now", "", ""}};
  result.metadata = {{"user_id", "u-1"}, {"other", "x"}};
  return result;
}

parameters all_parameters_set() {
  return {.temperature = 0.5,
          .top_p = 0.9,
          .max_tokens = 100,
          .presence_penalty = 0.1,
          .frequency_penalty = -0.2,
          .stop_sequences = {{"END", "\n\n"}}};
}

const wire_header* header(const wire_request& request, std::string_view name) {
  for (auto& each : request.headers)
    if (each.name == name)
      return &each;
  return nullptr;
}

} // namespace

TEST_CASE("Anthropic gets the whole conversation", "[encode]") {
  check_body(
    {.provider = "anthropic",
     .model = "claude",
     .request = everything(),
     .params = all_parameters_set(),
     .stream = true},
    R"({"model":"claude","max_tokens":100,"temperature":0.5,"top_p":0.9,
    "stop_sequences":["END","\n\n"],"stream":true,"system":"Be \"brief\".\n",
    "metadata":{"user_id":"u-1"},
    "tools":[{"name":"zoom","description":"Zooms in",
              "input_schema":{"type":"object","properties":{"x":{"type":"number"}}}},
             {"name":"now","input_schema":{"type":"object"}}],
    "messages":[
      {"role":"user","content":[
        {"type":"text","text":"Look:","cache_control":{"type":"ephemeral"}},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]},
      {"role":"assistant","content":[
        {"type":"thinking","thinking":"Hmm.","signature":"sig=="},
        {"type":"redacted_thinking","data":"opaque"},
        {"type":"text","text":"I look."},
        {"type":"tool_use","id":"call_1","name":"zoom","input":{"x":1.5}},
        {"type":"tool_use","id":"call_2","name":"now","input":{}}]},
      {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"call_1","content":"closer"},
        {"type":"tool_result","tool_use_id":"call_2","content":"no clock","is_error":true},
        {"type":"text","text":"And?"}]}]})");
}

TEST_CASE("OpenAI gets the whole conversation but the thoughts", "[encode]") {
  check_body(
    {.provider = "openai",
     .model = "gpt-4o",
     .request = everything(),
     .params = all_parameters_set(),
     .stream = true},
    R"({"model":"gpt-4o","temperature":0.5,"top_p":0.9,"presence_penalty":0.1,
    "frequency_penalty":-0.2,"max_tokens":100,"stop":["END","\n\n"],"stream":true,
    "stream_options":{"include_usage":true},"user":"u-1",
    "tools":[{"type":"function","function":{"name":"zoom","description":"Zooms in",
              "parameters":{"type":"object","properties":{"x":{"type":"number"}}}}},
             {"type":"function","function":{"name":"now"}}],
    "messages":[
      {"role":"system","content":"Be \"brief\".\n"},
      {"role":"user","content":[{"type":"text","text":"Look:"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
      {"role":"assistant","content":"I look.","tool_calls":[
        {"id":"call_1","type":"function","function":{"name":"zoom","arguments":"{\"x\": 1.50}"}},
        {"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"call_1","content":"closer"},
      {"role":"tool","tool_call_id":"call_2","content":"no clock"},
      {"role":"user","content":"And?"}]})");
}

TEST_CASE("Ollama gets the whole conversation but hidden thoughts",
          "[encode]") {
  check_body({.provider = "local-ollama",
              .model = "llama3.2",
              .request = everything(),
              .params = all_parameters_set(),
              .stream = true},
             R"({"model":"llama3.2","stream":true,
    "options":{"temperature":0.5,"top_p":0.9,"presence_penalty":0.1,
               "frequency_penalty":-0.2,"num_predict":100,"stop":["END","\n\n"]},
    "tools":[{"type":"function","function":{"name":"zoom","description":"Zooms in",
              "parameters":{"type":"object","properties":{"x":{"type":"number"}}}}},
             {"type":"function","function":{"name":"now"}}],
    "messages":[
      {"role":"system","content":"Be \"brief\".\n"},
      {"role":"user","content":"Look:","images":["iVBORw0KGgo="]},
      {"role":"assistant","content":"I look.","thinking":"Hmm.","tool_calls":[
        {"function":{"name":"zoom","arguments":{"x":1.5}}},
        {"function":{"name":"now","arguments":{}}}]},
      {"role":"tool","content":"closer","tool_name":"zoom"},
      {"role":"tool","content":"no clock","tool_name":"now"},
      {"role":"user","content":"And?"}]})");
}

TEST_CASE("a bare request sends nothing that nobody set", "[encode]") {
  check_body({.provider = "anthropic", .request = hello()},
             R"({"model":"m","max_tokens":4096,"messages":[
               {"role":"user","content":[{"type":"text","text":"Hi"}]}]})");
  check_body({.provider = "openai", .request = hello()},
             R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})");
  check_body({.provider = "local-ollama", .request = hello()},
             R"({"model":"m","stream":false,
               "messages":[{"role":"user","content":"Hi"}]})");
}

TEST_CASE("reasoning models bound their answer by another name", "[encode]") {
  for (auto model : {"gpt-5", "gpt-5-mini", "o1", "o1-pro", "o3-mini",
                     "o4-mini", "gpt-4o", "gpt-4.1", "oracle"}) {
    auto got = call{.provider = "openai",
                    .model = model,
                    .request = hello(),
                    .params = {.max_tokens = 7}}
                 .encode();
    REQUIRE(got);
    bool reasons = std::string_view{model}.starts_with("gpt-5")
                   || (model[0] == 'o' && model[1] != 'r');
    CAPTURE(model, got->body);
    CHECK((got->body.find("\"max_completion_tokens\":7") != std::string::npos)
          == reasons);
    CHECK((got->body.find("\"max_tokens\":7") != std::string::npos) != reasons);
  }
}

TEST_CASE("a base URL with or without version gives one version", "[encode]") {
  struct row {
    const char* provider;
    const char* url;
    const char* target;
  };
  const row table[] = {
    {"anthropic", "https://api.anthropic.com", "/v1/messages"},
    {"anthropic", "https://api.anthropic.com/", "/v1/messages"},
    {"anthropic", "https://api.anthropic.com/v1", "/v1/messages"},
    {"anthropic", "https://api.anthropic.com/v1/", "/v1/messages"},
    {"anthropic", "https://g.example.com/anthropic", "/anthropic/v1/messages"},
    {"openai", "https://api.openai.com", "/v1/chat/completions"},
    {"openai", "https://api.openai.com/v1", "/v1/chat/completions"},
    {"openai", "https://openrouter.ai/api/v1", "/api/v1/chat/completions"},
    {"openai", "https://open.bigmodel.cn/api/paas/v4",
     "/api/paas/v4/chat/completions"},
    {"openai", "https://generativelanguage.googleapis.com/v1beta/openai",
     "/v1beta/openai/chat/completions"},
    {"openai", "https://v1.example.com/vertex", "/vertex/v1/chat/completions"},
    {"local-ollama", "http://127.0.0.1:11434", "/api/chat"},
    {"local-ollama", "http://127.0.0.1:11434/api", "/api/chat"},
    {"local-ollama", "http://127.0.0.1:11434/v1", "/api/chat"},
    {"local-ollama", "https://g.example.com/ollama", "/ollama/api/chat"},
  };
  for (auto [provider, url, target] : table) {
    CAPTURE(provider, url);
    auto got
      = call{.provider = provider, .url = url, .request = hello()}.encode();
    REQUIRE(got);
    CHECK(got->target == target);
  }
}

TEST_CASE("headers are those that the provider asks for", "[encode]") {
  for (auto provider : all_providers) {
    auto got = call{.provider = provider, .request = hello()}.encode();
    REQUIRE(got);
    REQUIRE(header(*got, "content-type"));
    CHECK(header(*got, "content-type")->value == "application/json");
    bool versioned = provider == all_providers[0];
    CHECK((header(*got, "anthropic-version") != nullptr) == versioned);
    for (auto theirs : {"host", "content-length", "accept-encoding",
                        "authorization", "x-api-key"})
      CHECK(header(*got, theirs) == nullptr);
  }
}

TEST_CASE("tool choices are carried where they can be", "[encode]") {
  using mode = tool_choice::mode;
  struct row {
    const char* provider;
    tool_choice choice;
    const char* expected; ///< null: cannot be carried.
  };
  const row table[] = {
    {"anthropic", {mode::automatic}, R"("tool_choice":{"type":"auto"})"},
    {"anthropic", {mode::any}, R"("tool_choice":{"type":"any"})"},
    {"anthropic", {mode::none}, R"("tool_choice":{"type":"none"})"},
    {"anthropic",
     {mode::one, "t"},
     R"("tool_choice":{"type":"tool","name":"t"})"},
    {"openai", {mode::automatic}, R"("tool_choice":"auto")"},
    {"openai", {mode::any}, R"("tool_choice":"required")"},
    {"openai", {mode::none}, R"("tool_choice":"none")"},
    {"openai",
     {mode::one, "t"},
     R"("tool_choice":{"type":"function","function":{"name":"t"}})"},
    {"local-ollama", {mode::automatic}, R"("name":"t")"},
    {"local-ollama", {mode::none}, R"("stream":false)"},
    {"local-ollama", {mode::any}, nullptr},
    {"local-ollama", {mode::one, "t"}, nullptr},
    {"openai", {mode::one, "unknown"}, nullptr},
  };
  for (auto& [provider, choice, expected] : table) {
    call what{.provider = provider, .request = hello()};
    what.request.tools = {{"t", "", ""}};
    what.request.choice = choice;
    auto got = what.encode();
    CAPTURE(provider, choice.name);
    REQUIRE(got.has_value() == (expected != nullptr));
    if (expected) {
      CHECK(got->body.find(expected) != std::string::npos);
    } else {
      CHECK(got.error().code == errc::invalid_request);
      CHECK(got.error().parameter == "tool_choice");
    }
  }
  // Ollama knows no "none": the tools stay behind.
  call none{.provider = "local-ollama", .request = hello()};
  none.request.tools = {{"t", "", ""}};
  none.request.choice = tool_choice{mode::none};
  CHECK(none.encode()->body.find("tools") == std::string::npos);
}

TEST_CASE("images by URL are passed on, but Ollama cannot take them",
          "[encode]") {
  call what{.request
            = {.messages
               = {user({image_block{{}, {}, "https://x.example.com/i.png"}})}}};
  what.provider = "anthropic";
  CHECK(what.encode()->body.find(
          R"("source":{"type":"url","url":"https://x.example.com/i.png"})")
        != std::string::npos);
  what.provider = "openai";
  CHECK(what.encode()->body.find(
          R"("image_url":{"url":"https://x.example.com/i.png"})")
        != std::string::npos);
  what.provider = "local-ollama";
  REQUIRE_FALSE(what.encode());
  CHECK(what.encode().error().code == errc::invalid_request);
  CHECK(what.encode().error().parameter == "messages");
}

TEST_CASE("thoughts that Anthropic did not sign stay behind", "[encode]") {
  call what{.provider = "anthropic",
            .request = {.messages = {
                          user({text_block{"a"}}),
                          assistant({thinking_block{"unsigned", {}}}),
                          user({text_block{""}, text_block{"b"}}),
                        }}};
  check_body(what, R"({"model":"m","max_tokens":4096,"messages":[
    {"role":"user","content":[{"type":"text","text":"a"}]},
    {"role":"user","content":[{"type":"text","text":"b"}]}]})");
}
