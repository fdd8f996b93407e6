// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/providers_page/wishes.hpp"

#include <functional>

namespace byollm::test {

namespace {

using request = create_message_request;
using effort = thinking_wish::effort;

chat_message user(std::vector<content_block> content) {
  return {role::user, std::move(content)};
}

chat_message assistant(std::vector<content_block> content) {
  return {role::assistant, std::move(content)};
}

request hello() {
  request made;
  made.messages = {user({text_block{"Hi"}})};
  return made;
}

request with_tools() {
  auto made = hello();
  made.tools = {{"find", "Finds.", R"({"type":"object"})"}};
  return made;
}

// A conversation in which a tool was asked for and answered.
request with_result() {
  auto made = with_tools();
  made.messages.push_back(assistant({tool_use_block{"c1", "find", "{}"}}));
  made.messages.push_back(user({tool_result_block{"c1", "found"}}));
  return made;
}

wish made_of(std::string name, request from,
             const std::function<void(request&)>& add) {
  wish made{std::move(name), from, std::move(from)};
  add(made.with);
  return made;
}

wish of_hello(std::string name, const std::function<void(request&)>& add) {
  return made_of(std::move(name), hello(), add);
}

wish of_tools(std::string name, const std::function<void(request&)>& add) {
  return made_of(std::move(name), with_tools(), add);
}

wish of_result(std::string name,
               const std::function<void(tool_result_block&)>& add) {
  return made_of(std::move(name), with_result(), [&](request& to) {
    add(std::get<tool_result_block>(to.messages.back().content[0]));
  });
}

wish said_back(std::string name, content_block block) {
  auto from = hello();
  from.messages.push_back(assistant({text_block{"Hello"}}));
  return made_of(std::move(name), std::move(from), [&](request& to) {
    auto& content = to.messages.back().content;
    content.insert(content.begin(), std::move(block));
  });
}

wish by_choice(std::string name, tool_choice choice) {
  return of_tools(std::move(name),
                  [&](request& to) { to.choice = std::move(choice); });
}

wish by_thinking(const std::string& name, thinking_wish how,
                 std::string_view dialect, std::string model,
                 request from = hello()) {
  auto made = made_of(name + ": `" + model + "`", std::move(from),
                      [&](request& to) { to.thinking = how; });
  made.model = std::move(model);
  made.only = dialect;
  made.params_without.max_tokens = made.params_with.max_tokens = 20'000;
  return made;
}

struct known_model {
  std::string_view dialect;
  const char* name;
};

void add_conversation(std::vector<wish>& to) {
  to.push_back(
    of_hello("system prompt", [](request& r) { r.system = "Be brief."; }));
  to.push_back(of_hello("system prompt in blocks", [](request& r) {
    r.system_blocks = {{"Be brief."}, {"Be kind."}};
  }));
  to.push_back(of_hello("earlier turns", [](request& r) {
    r.messages.push_back(assistant({text_block{"Hello"}}));
    r.messages.push_back(user({text_block{"Go on"}}));
  }));
  to.push_back(of_hello("image, base64", [](request& r) {
    r.messages[0].content.push_back(image_block{"image/png", "QUJD", ""});
  }));
  to.push_back(of_hello("image, URL", [](request& r) {
    r.messages[0].content.push_back(
      image_block{"", "", "https://img.example.com/a.png"});
  }));
  to.push_back(of_hello("cache mark", [](request& r) {
    r.messages[0].content[0] = text_block{"Hi", true};
  }));
  to.push_back(said_back("signed thought", thinking_block{"Hm", "c2ln"}));
  to.push_back(said_back("unsigned thought", thinking_block{"Hm", ""}));
  to.push_back(said_back("hidden thought", thinking_block{"ZW5j", "", true}));
  to.push_back(said_back(
    "block of Anthropic's own",
    opaque_block{"anthropic", R"({"type":"server_tool_use","id":"s"})"}));
  to.push_back(of_hello("part of OpenAI's own", [](request& r) {
    r.messages[0].content.push_back(
      opaque_block{"openai", R"({"type":"file","file":{"file_id":"f"}})"});
  }));
}

void add_tools(std::vector<wish>& to) {
  to.push_back(of_hello("tools", [](request& r) { r = with_tools(); }));
  using mode = tool_choice::mode;
  to.push_back(by_choice("tool choice: any", {mode::any}));
  to.push_back(by_choice("tool choice: none", {mode::none}));
  to.push_back(by_choice("tool choice: one", {mode::one, "find"}));
  to.push_back(by_choice("one tool at a time", {mode::automatic, "", true}));
  to.push_back(
    of_tools("call and result", [](request& r) { r = with_result(); }));
  to.push_back(of_result("result is an error",
                         [](tool_result_block& x) { x.is_error = true; }));
  to.push_back(of_result("result shows an image", [](tool_result_block& x) {
    x.images = {{"image/png", "QUJD", ""}};
  }));
}

// Within a budget a turn thinks from its beginning, or not at all.
void add_thinking_with_tools(std::vector<wish>& to) {
  for (auto model : {"claude-sonnet-4-5", "claude-sonnet-4-6"}) {
    to.push_back(by_thinking("think a little after a call without a thought",
                             {effort::low}, "anthropic", model, with_result()));
    auto forced = with_tools();
    forced.choice = tool_choice{tool_choice::mode::any};
    to.push_back(by_thinking("think a little and call a tool", {effort::low},
                             "anthropic", model, std::move(forced)));
  }
}

void add_answer_wishes(std::vector<wish>& to) {
  to.push_back(of_hello("structured output", [](request& r) {
    r.output = {R"({"type":"object"})", "city", true};
  }));
  to.push_back(
    of_hello("any JSON object", [](request& r) { r.output.emplace(); }));
  constexpr known_model thinking[] = {{"anthropic", "claude-sonnet-4-5"},
                                      {"anthropic", "claude-sonnet-4-6"},
                                      {"anthropic", "claude-opus-5"},
                                      {"openai", "gpt-5.1"},
                                      {"openai", "gpt-4.1"},
                                      {"local-ollama", "gpt-oss:20b"},
                                      {"local-ollama", "qwen3"}};
  for (auto model : thinking)
    to.push_back(
      by_thinking("think a little", {effort::low}, model.dialect, model.name));
  add_thinking_with_tools(to);
  constexpr known_model bounded[] = {{"anthropic", "claude-sonnet-4-5"},
                                     {"anthropic", "claude-opus-5"},
                                     {"openai", "gpt-5.1"},
                                     {"local-ollama", "gpt-oss:20b"}};
  for (auto model : bounded)
    to.push_back(by_thinking("think 2,000 tokens", {effort::low, 2'000},
                             model.dialect, model.name));
  constexpr known_model silent[]
    = {{"anthropic", "claude-opus-5"}, {"anthropic", "claude-opus-5-5"},
       {"openai", "gpt-5.1"},          {"openai", "o3"},
       {"openai", "gpt-4.1"},          {"local-ollama", "qwen3"},
       {"local-ollama", "gpt-oss:20b"}};
  for (auto model : silent)
    to.push_back(
      by_thinking("do not think", {effort::off}, model.dialect, model.name));
  to.push_back(of_hello("seed", [](request& r) { r.seed = 7; }));
  auto stop = of_hello("stop sequences", [](request&) {});
  stop.params_with.stop_sequences = {"END"};
  to.push_back(std::move(stop));
}

void add_the_rest(std::vector<wish>& to) {
  to.push_back(of_hello("metadata `user_id`", [](request& r) {
    r.metadata = {{"user_id", "u-1"}};
  }));
  to.push_back(of_hello("other metadata", [](request& r) {
    r.metadata = {{"case", "17"}};
  }));
  constexpr known_model owners[] = {{"anthropic", "Anthropic's"},
                                    {"openai", "OpenAI's"},
                                    {"local-ollama", "Ollama's"}};
  for (auto owner : owners)
    to.push_back(
      of_hello(std::string{"field of "} + owner.name, [&](request& r) {
        r.extra = {std::string{owner.dialect}, R"({"top_k":5.0})", {}};
      }));
}

} // namespace

std::vector<wish> all_wishes() {
  std::vector<wish> made;
  add_conversation(made);
  add_tools(made);
  add_answer_wishes(made);
  add_the_rest(made);
  return made;
}

} // namespace byollm::test
