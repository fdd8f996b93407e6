// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/aimock/aimock_host.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <future>

namespace byollm::test {

namespace {

// aimock lets only models think that do. Of Anthropic's it is one that thinks
// within a number of tokens: what such a conversation must look like it knows.
std::string model_of(const std::string& provider) {
  if (provider == "anthropic")
    return "claude-sonnet-4-5";
  return provider == "openai" ? "gpt-5.1" : "mock-model";
}

} // namespace

std::vector<dialect_case> every_dialect() {
  std::vector<dialect_case> all;
  for (auto name : {"anthropic", "openai", "local-ollama"})
    for (auto stream : {false, true})
      all.push_back({name, stream});
  return all;
}

aimock_host::aimock_host() {
  auto made = std::filesystem::temp_directory_path() / "byollm-aimock-XXXXXX";
  auto name = made.string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  directory = name;
  runtime_options options;
  // One, so that each refusal, an answer, ends the row of failures before.
  options.loops = 1;
  options.data_directory = directory;
  auto started = runtime::start(std::move(options));
  REQUIRE(started);
  rt = *std::move(started);
  auto url = std::getenv("AIMOCK_URL");
  REQUIRE(url != nullptr);
  auto admin = rt->admin();
  REQUIRE(admin.allow_origin("acme", url, true, "test").get());
  for (const std::string provider : {"anthropic", "openai", "local-ollama"}) {
    llm_settings own;
    own.provider = provider;
    own.model = model_of(provider);
    own.base_url = url;
    own.key = "a-key-of-nobody";
    if (provider != "anthropic")
      own.embedding_model = "mock-embedding";
    REQUIRE(admin.set_user_llm("acme", "ada-" + provider, own, "test").get());
  }
}

aimock_host::~aimock_host() {
  rt.reset();
  std::filesystem::remove_all(directory);
}

context aimock_host::turn_of(const std::string& provider) {
  auto turn = rt->open_turn({"acme", "ada-" + provider, "test"}).get();
  REQUIRE(turn);
  return *std::move(turn);
}

aimock_host::heard aimock_host::ask(const dialect_case& with,
                                    create_message_request request) {
  auto turn = turn_of(with.provider);
  heard out;
  if (!with.stream) {
    out.reply = turn.llm().create_message(std::move(request)).get();
    return out;
  }
  std::promise<expected<message_reply>> done;
  turn.llm().stream(std::move(request), {[&](const delta& piece) {
                                           ++out.pieces;
                                           if (piece.what == delta::kind::text)
                                             out.streamed += piece.text;
                                           return flow::more;
                                         },
                                         [&](expected<message_reply> reply) {
                                           done.set_value(std::move(reply));
                                         }});
  out.reply = done.get_future().get();
  return out;
}

message_reply aimock_host::answer(const dialect_case& with,
                                  create_message_request request) {
  auto got = ask(with, std::move(request));
  if (!got.reply)
    FAIL(describe(got.reply.error()));
  return *std::move(got.reply);
}

create_message_request say(const std::string& text) {
  create_message_request request;
  request.system = "You are a test.";
  request.messages.push_back({role::user, {text_block{text}}});
  return request;
}

create_message_request ask_weather(const std::string& text) {
  auto request = say(text);
  request.tools.push_back(
    {"get_weather", "Tells the weather.",
     R"({"type":"object","properties":{"city":{"type":"string"},)"
     R"("days":{"type":"integer"}},"required":["city"]})"});
  return request;
}

std::vector<tool_use_block> calls_in(const message_reply& reply) {
  std::vector<tool_use_block> calls;
  for (const auto& block : reply.content)
    if (auto* use = std::get_if<tool_use_block>(&block))
      calls.push_back(*use);
  return calls;
}

} // namespace byollm::test
