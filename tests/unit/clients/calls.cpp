// SPDX-License-Identifier: Apache-2.0
// The wishes behind tests/e2e/aimock/*_calls.mjs.
#include "tests/unit/clients/calls.hpp"

#include "tests/unit/dialects/encode_call.hpp"
#include "tests/unit/dialects/harness.hpp"

#include <functional>

namespace byollm::test {

namespace {

using request = create_message_request;
using effort = thinking_wish::effort;
using mode = tool_choice::mode;
using list = std::vector<client_call>;

constexpr auto schema
  = R"({"type":"object","properties":{"city":{"type":"string"}},)"
    R"("additionalProperties":false,"required":["city"]})";
constexpr auto picture = "iVBORw0KGgo=";
constexpr auto bern = R"({"city":"Bern"})";

client_call& add(list& to, const std::string& client, const std::string& name,
                 request what = hello()) {
  auto& made = to.emplace_back();
  made.name = client + ": " + name;
  made.dialect = client == "ollama" ? "local-ollama" : client;
  made.request = std::move(what);
  // The least that Anthropic takes.
  if (client == "anthropic")
    made.params.max_tokens = 100;
  return made;
}

/// Adds "Hi" as `edit` changes it.
client_call& add(list& to, const std::string& client, const std::string& name,
                 const std::function<void(request&)>& edit) {
  auto what = hello();
  edit(what);
  return add(to, client, name, std::move(what));
}

request with_tool(tool_choice choice) {
  auto made = hello();
  made.tools = {{"find", "Finds.", schema}};
  made.choice = std::move(choice);
  return made;
}

request with_tool() {
  auto made = with_tool({});
  made.choice.reset();
  return made;
}

request with_result(tool_result_block result) {
  auto made = with_tool();
  made.messages.push_back(assistant({tool_use_block{"c1", "find", bern}}));
  made.messages.push_back(user({std::move(result)}));
  return made;
}

request looking_at(image_block image) {
  return {.messages = {user({text_block{"Look"}, std::move(image)})}};
}

request going_on(std::vector<content_block> answer) {
  auto made = hello();
  made.messages.push_back(assistant(std::move(answer)));
  made.messages.push_back(user({text_block{"Go on"}}));
  return made;
}

/// What goes back once the tools that `answer` calls have run.
request after(const char* provider, const char* answer,
              const std::vector<const char*>& tools,
              std::vector<content_block> results) {
  auto made = hello();
  for (auto name : tools)
    made.tools.push_back({name, "Tells.", schema});
  made.messages.push_back(
    assistant(decode(provider, true, fixture(answer)).reply.content));
  made.messages.push_back(user(std::move(results)));
  return made;
}

void add_to_all(list& to, const std::string& client) {
  add(to, client, "text", [](request& r) { r.system = "Be brief."; });
  add(to, client, "turns", going_on({text_block{"Hello"}}));
  add(to, client, "image", looking_at({"image/png", picture, ""}));
  add(to, client, "tools", with_tool())
    .request.tools.push_back({"now", "", ""});
  add(to, client, "call and result", with_result({"c1", "found"}));
  add(to, client, "structured output", [](request& r) {
    r.output = {schema, "city", true};
  });
  add(to, client, "stop sequences").params.stop_sequences = {"END", "\n\n"};
  add(to, client, "stream").stream = true;
  add(to, client, "models").what = call_kind::models;
}

void add_to_clouds(list& to, const std::string& client) {
  add(to, client, "image by URL",
      looking_at({"", "", "https://img.example.com/a.png"}));
  add(to, client, "tool choice: automatic", with_tool({mode::automatic}));
  add(to, client, "tool choice: any", with_tool({mode::any}));
  add(to, client, "tool choice: none", with_tool({mode::none}));
  add(to, client, "tool choice: one", with_tool({mode::one, "find"}));
  add(to, client, "one tool at a time", with_tool({mode::automatic, "", true}));
  add(to, client, "user", [](request& r) {
    r.metadata = {{"user_id", "u-1"}};
  });
}

void add_vectors(list& to, const std::string& client) {
  auto embed = [&](const char* name) -> embedding_input& {
    auto& made = add(to, client, name);
    made.what = call_kind::embeddings;
    made.texts.texts = {"a", "b"};
    return made.texts;
  };
  embed("embeddings");
  embed("embeddings of a length").dimensions = 2;
  if (client == "openai")
    embed("embeddings in base64").format = vector_format::base64;
}

void add_seed_and_sampling(list& to, const std::string& client) {
  add(to, client, "seed", [](request& r) { r.seed = -7; });
  add(to, client, "sampling").params = {.temperature = 0.5,
                                        .top_p = 0.9,
                                        .max_tokens = 100,
                                        .presence_penalty = 0.1,
                                        .frequency_penalty = -0.2};
}

client_call& add_thinking(list& to, const std::string& client,
                          const std::string& name, std::string model,
                          thinking_wish how) {
  auto& made = add(to, client, name);
  made.model = std::move(model);
  made.request.thinking = how;
  return made;
}

void add_thoughts_of_anthropic(list& to) {
  const std::string client = "anthropic";
  add_thinking(to, client, "think a little", "claude-sonnet-4-6",
               {effort::low});
  add_thinking(to, client, "think, and show it", "claude-opus-5",
               {effort::high});
  add_thinking(to, client, "think, then fit a schema", "claude-sonnet-4-6",
               {effort::low})
    .request.output
    = {schema};
  add_thinking(to, client, "think 2,000 tokens", "claude-sonnet-4-5",
               {effort::low, 2'000})
    .params.max_tokens
    = 20'000;
  add_thinking(to, client, "do not think", "claude-opus-5", {effort::off});
  add(to, client, "thoughts sent back",
      going_on({thinking_block{"Hm", "c2ln"}, thinking_block{"ZW5j", "", true},
                text_block{"Hello"}}));
}

void add_anthropic(list& to) {
  const std::string client = "anthropic";
  add_thoughts_of_anthropic(to);
  add(to, client, "system blocks", [](request& r) {
    r.system_blocks = {{"Be brief."}, {"Be kind.", true}};
  });
  auto marked = with_result({"c1", "found", false, true});
  marked.messages[0].content
    = {text_block{"Hi", true}, image_block{"image/png", picture, "", true}};
  marked.tools[0].cache_mark = true;
  add(to, client, "cache marks", std::move(marked));
  add(to, client, "result is an error",
      with_result({"c1", "no such city", true}));
  add(to, client, "result shows an image",
      with_result({"c1", "a map", false, false, {{"image/png", picture, ""}}}));
  auto& sampled = add(to, client, "sampling").params;
  sampled.temperature = 0.5;
  sampled.top_p = 0.9;
  auto& count = add(to, client, "count of tokens", with_tool());
  count.what = call_kind::count;
  count.request.system = "Be brief.";
  constexpr auto answer = "anthropic_thinking_tools.sse";
  add(to, client, std::string{"after "} + answer,
      after("anthropic", answer, {"get_weather", "now"},
            {tool_result_block{"toolu_01T1x", "sunny"},
             tool_result_block{"toolu_02", "Error: no clock", true}}))
    .stream
    = true;
}

void add_openai(list& to) {
  const std::string client = "openai";
  add_thinking(to, client, "think a little", "gpt-5.1", {effort::low});
  add_thinking(to, client, "do not think", "gpt-5.1", {effort::off});
  auto& bound = add(to, client, "bound of a model that thinks");
  bound.model = "gpt-5.1";
  bound.params.max_tokens = 100;
  constexpr auto answer = "openai_tools.sse";
  auto back = after("openai", answer, {"get_weather", "get_time"},
                    {tool_result_block{"call_A", "sunny"},
                     tool_result_block{"call_B", "sunny"}});
  back.choice = tool_choice{};
  add(to, client, std::string{"after "} + answer, std::move(back)).stream
    = true;
}

void add_ollama(list& to) {
  const std::string client = "ollama";
  add_thinking(to, client, "think a little", "gpt-oss:20b", {effort::low});
  add_thinking(to, client, "think", "qwen3", {effort::medium}).losses
    = {lost::effort};
  add_thinking(to, client, "do not think", "qwen3", {effort::off});
  constexpr auto answer = "ollama_tools.ndjson";
  auto back = after("local-ollama", answer, {}, {});
  auto& results = back.messages.back().content;
  for (const auto& block : back.messages[1].content)
    if (auto* use = std::get_if<tool_use_block>(&block))
      results.push_back(tool_result_block{use->id, "sunny"});
  add(to, client, std::string{"after "} + answer, std::move(back)).stream
    = true;
}

} // namespace

std::vector<client_call> all_calls() {
  list made;
  for (auto client : {"anthropic", "openai", "ollama"})
    add_to_all(made, client);
  for (auto client : {"anthropic", "openai"})
    add_to_clouds(made, client);
  for (auto client : {"openai", "ollama"}) {
    add_seed_and_sampling(made, client);
    add_vectors(made, client);
  }
  add_anthropic(made);
  add_openai(made);
  add_ollama(made);
  return made;
}

} // namespace byollm::test
