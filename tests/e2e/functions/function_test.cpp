// SPDX-License-Identifier: Apache-2.0
// Goal: a function that is registered in a few lines runs in a chat turn with
// arguments that fit, and with no others; what is refused is in the ledger.
// Method: an extension in a runtime whose users have the stand-in.
#include "tests/e2e/functions/function_fixture.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <atomic>

using namespace byollm;
using namespace byollm::test;

namespace {

// As the seed has it in Python.
pending<std::string> summarize(context ctx, summarize_params params) {
  auto request = say("Summarize in " + std::to_string(params.max_words)
                     + " words: " + params.text);
  request.system = "You are a concise summarizer.";
  auto reply = co_await ctx.llm().create_message(std::move(request));
  if (!reply)
    co_return reply.error();
  co_return reply->text();
}

struct answer {
  int words = 0;
  std::vector<std::string> names;

  friend void describe(fields<answer>& are) {
    are.required("words", &answer::words, "");
    are.required("names", &answer::names, "");
  }
};

} // namespace

TEST_CASE("a function asks the user's own LLM in its turn") {
  function_fixture all;
  REQUIRE(all.notes.add<summarize_params>(
    {.name = "summarize", .description = "Summarize a text."}, summarize));
  auto got = all.run("summarize", R"({"text": "A stormy night."})");
  if (!got)
    FAIL(describe(got.error()));
  CHECK(got->result.ok);
  CHECK(got->result.text.find("Summarize in 80 words: A stormy night.")
        != std::string::npos);
  CHECK(got->json.find(R"({"ok":true,"text":"I am byollm-standin)") == 0);
  CHECK(got->action == action_type::read);
  auto intents = all.rows("intent");
  REQUIRE(intents.size() == 1);
  CHECK(intents[0]["function"] == "summarize");
  CHECK(intents[0]["turn"] == got->turn);
  CHECK(intents[0]["extension"] == "notes");
}

TEST_CASE("a host may name the turn, and two users do not meet") {
  function_fixture all;
  all.add("who", [](const context& ctx, no_parameters) {
    return ctx.who().user.str() + ' ' + ctx.llm().provider() + '.';
  });
  auto call = call_of("who");
  call.turn = "turn-7";
  auto ada = all.notes.run(*all.rt, call).get();
  REQUIRE(ada);
  CHECK(ada->turn == "turn-7");
  CHECK(ada->result.text == "ada anthropic.");
  call.user = "bob";
  call.turn.clear();
  auto bob = all.notes.run(*all.rt, call).get();
  REQUIRE(bob);
  CHECK(bob->result.text == "bob .");
}

TEST_CASE("arguments that do not fit are refused before it runs") {
  function_fixture all;
  std::atomic<int> ran{0};
  REQUIRE(all.notes.add<summarize_params>(
    {.name = "summarize"}, [&](const context&, const summarize_params&) {
      ++ran;
      return std::string{};
    }));
  CHECK(all.wrong("summarize") == "validation_rejected /text");
  CHECK(all.wrong("summarize", R"({"text": 7})")
        == "validation_rejected /text");
  CHECK(all.wrong("summarize", R"({"text": "x", "max_words": 0})")
        == "validation_rejected /max_words");
  CHECK(all.wrong("summarize", R"({"text": "x", "max_words": 1e10})")
        == "validation_rejected /max_words");
  CHECK(all.wrong("summarize", R"({"text": "x", "tone": "dry"})")
        == "validation_rejected /tone");
  CHECK(all.wrong("summarize", "not JSON") == "validation_rejected");
  CHECK(ran == 0);
  auto refused = all.rows("refusal");
  REQUIRE(refused.size() == 6);
  for (auto& row : refused) {
    CHECK(row["status"] == "validation_rejected");
    CHECK(row["function"] == "summarize");
  }
  CHECK(all.wrong("summarize", R"({"text": "x", "max_words": 5.0})") == "ok");
  CHECK(ran == 1);
}

TEST_CASE("ten megabytes of arguments are refused, and recorded") {
  function_fixture all;
  REQUIRE(all.notes.add<summarize_params>({.name = "summarize"}, summarize));
  std::string text(10u << 20, 'x');
  CHECK(all.wrong("summarize", R"({"text": ")" + text + "\"}")
        == "limit_exceeded arguments");
  auto refused = all.rows("refusal");
  REQUIRE(refused.size() == 1);
  CHECK(refused[0]["status"] == "refused");
}

TEST_CASE("a function that there is not is refused, and recorded") {
  function_fixture all;
  CHECK(all.wrong("nothing") == "not_found function");
  auto refused = all.rows("refusal");
  REQUIRE(refused.size() == 1);
  CHECK(refused[0]["status"] == "refused");
  CHECK(refused[0]["function"] == "nothing");
  // What is no name at all opens no turn.
  CHECK(all.wrong("no name") == "invalid_request function");
}

TEST_CASE("a destructive function needs the turn's confirmation") {
  function_fixture all;
  std::atomic<int> ran{0};
  REQUIRE(all.notes.add<no_parameters>(
    {.name = "wipe", .action = action_type::destructive},
    [&](const context&, no_parameters) {
      ++ran;
      return std::string{"gone"};
    }));
  CHECK(all.wrong("wipe") == "confirmation_required confirmed");
  CHECK(ran == 0);
  REQUIRE(all.rows("refusal").size() == 1);
  auto got = all.run("wipe", "{}", true);
  REQUIRE(got);
  CHECK(got->action == action_type::destructive);
  CHECK(ran == 1);
}

TEST_CASE("a function answers data, text, or both") {
  function_fixture all;
  all.add("count", [](const context&, no_parameters) {
    return answer{3, {"a", "b"}};
  });
  all.add("both", [](const context&, no_parameters) {
    return function_result{false, "no such note", R"({"id": 5})"};
  });
  auto count = all.run("count");
  REQUIRE(count);
  CHECK(count->result.data_json == R"({"words":3,"names":["a","b"]})");
  auto both = all.run("both");
  REQUIRE(both);
  CHECK(both->json == R"({"ok":false,"data":{"id": 5},"text":"no such note"})");
}

TEST_CASE("what cannot be registered is refused") {
  auto nothing = [](const context&, no_parameters) { return std::string{}; };
  auto add = [&](extension& to, const std::string& name) {
    auto done = to.add<no_parameters>({.name = name}, nothing);
    return done ? errc::none : done.error().code;
  };
  extension notes{"notes"};
  CHECK(add(notes, "a") == errc::none);
  CHECK(add(notes, "a") == errc::invalid_request);
  CHECK(add(notes, "") == errc::invalid_request);
  CHECK(add(notes, "a b") == errc::invalid_request);
  extension bad{"no name"};
  CHECK(add(bad, "a") == errc::invalid_request);
  for (size_t i = 1; i < limits::functions_per_worker_max; ++i)
    REQUIRE(add(notes, "f" + std::to_string(i)) == errc::none);
  CHECK(add(notes, "one-more") == errc::limit_exceeded);
  CHECK(notes.functions().size() == limits::functions_per_worker_max);
  CHECK(notes.functions()[0].about.name == "a");
}
