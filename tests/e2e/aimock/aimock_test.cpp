// SPDX-License-Identifier: Apache-2.0
// Goal: our three dialects are understood by an upstream that nobody here
// wrote, streaming and not: text, tools, limits, refusals, faults, a cut
// stream. Method: the runtime as a host links it, with aimock (server.mjs)
// behind it.
#include "app/byollm.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>

namespace byollm {

namespace {

struct dialect_case {
  std::string provider;
  bool stream;
};

std::vector<dialect_case> every_dialect() {
  std::vector<dialect_case> all;
  for (auto name : {"anthropic", "openai", "local-ollama"})
    for (auto stream : {false, true})
      all.push_back({name, stream});
  return all;
}

// A runtime whose users ada-PROVIDER have aimock as their own LLM.
struct aimock_host {
  aimock_host() {
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
      own.model = "mock-model";
      own.base_url = url;
      own.key = "a-key-of-nobody";
      REQUIRE(admin.set_user_llm("acme", "ada-" + provider, own, "test").get());
    }
  }

  ~aimock_host() {
    rt.reset();
    std::filesystem::remove_all(directory);
  }

  struct heard {
    expected<message_reply> reply = failure{};
    std::string streamed;
    int pieces = 0;
  };

  heard ask(const dialect_case& with, create_message_request request) {
    auto turn = rt->open_turn({"acme", "ada-" + with.provider, "test"}).get();
    REQUIRE(turn);
    heard out;
    if (!with.stream) {
      out.reply = turn->llm().create_message(std::move(request)).get();
      return out;
    }
    std::promise<expected<message_reply>> done;
    turn->llm().stream(std::move(request),
                       {[&](const delta& piece) {
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

  std::filesystem::path directory;
  std::unique_ptr<runtime> rt;
};

create_message_request say(const std::string& text) {
  create_message_request request;
  request.system = "You are a test.";
  request.messages.push_back({role::user, {text_block{text}}});
  return request;
}

create_message_request ask_weather() {
  auto request = say("what is the weather");
  request.tools.push_back(
    {"get_weather", "Tells the weather.",
     R"({"type":"object","properties":{"city":{"type":"string"},)"
     R"("days":{"type":"integer"}},"required":["city"]})"});
  return request;
}

const tool_use_block* tool_use_in(const message_reply& reply) {
  for (const auto& block : reply.content)
    if (auto use = std::get_if<tool_use_block>(&block))
      return use;
  return nullptr;
}

} // namespace

TEST_CASE("text arrives whole and in pieces, in every dialect", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto got = host.ask(with, say("hello"));
    if (!got.reply)
      FAIL(describe(got.reply.error()));
    CHECK(got.reply->text() == "Hello from aimock.");
    CHECK(got.reply->stop == stop_reason::end_turn);
    CHECK(got.reply->is_byollm);
    CHECK(got.reply->usage.output.has_value());
    if (with.stream) {
      CHECK(got.streamed == "Hello from aimock.");
      CHECK(got.pieces > 1);
    }
  }
}

TEST_CASE("a tool is called, and its result goes back, in every dialect",
          "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto request = ask_weather();
    auto got = host.ask(with, request);
    if (!got.reply)
      FAIL(describe(got.reply.error()));
    CHECK(got.reply->stop == stop_reason::tool_use);
    auto use = tool_use_in(*got.reply);
    REQUIRE(use);
    CHECK(use->name == "get_weather");
    CHECK(use->input_json.find("\"Paris\"") != std::string::npos);
    request.messages.push_back({role::assistant, got.reply->content});
    request.messages.push_back(
      {role::user, {tool_result_block{use->id, "sunny"}}});
    auto answer = host.ask(with, request);
    if (!answer.reply)
      FAIL(describe(answer.reply.error()));
    CHECK(answer.reply->text() == "It is sunny in Paris.");
  }
}

TEST_CASE("a long answer says that it stopped at its limit", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto got = host.ask(with, say("long story"));
    if (!got.reply)
      FAIL(describe(got.reply.error()));
    CHECK(got.reply->text().size() > 1'000);
    // aimock's Ollama says "stop" whatever its fixture says.
    if (with.provider != "local-ollama")
      CHECK(got.reply->stop == stop_reason::max_tokens);
  }
}

TEST_CASE("refusals and faults are told apart, in every dialect", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto refused = host.ask(with, say("be refused"));
    REQUIRE_FALSE(refused.reply);
    CHECK(refused.reply.error().code == errc::rate_limited);
    CHECK(refused.reply.error().http_status == 429);
    auto failed = host.ask(with, say("fail"));
    REQUIRE_FALSE(failed.reply);
    CHECK(failed.reply.error().code == errc::provider_fault);
  }
}

TEST_CASE("a stream that is cut is never a whole answer", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    if (!with.stream)
      continue;
    INFO(with.provider);
    auto got = host.ask(with, say("cut off"));
    REQUIRE_FALSE(got.reply);
    // aimock resets the connection: what had arrived may be lost with it.
    auto code = to_string(got.reply.error().code);
    CHECK((code == "truncated" || code == "connection_lost"));
  }
}

TEST_CASE("every call at aimock is in the ledger, which verifies", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect())
    host.ask(with, say("hello"));
  auto verdict = host.rt->admin().ledger_verify().get();
  REQUIRE(verdict);
  CHECK(verdict->intact);
  auto rows = host.rt->admin().ledger_list("acme", "", 1, 1'000, false).get();
  REQUIRE(rows);
  auto count = [&](const char* type) {
    return std::count_if(rows->begin(), rows->end(),
                         [&](const auto& row) { return row.type == type; });
  };
  CHECK(count("intent") == 6);
  CHECK(count("outcome") == 6);
}

} // namespace byollm
