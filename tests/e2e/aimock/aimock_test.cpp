// SPDX-License-Identifier: Apache-2.0
// Goal: our three dialects are understood by an upstream that nobody here
// wrote, streaming and not: text, tools, limits, refusals, faults, a cut
// stream. Method: the runtime as a host links it, with aimock (server.mjs)
// behind it.
#include "tests/e2e/aimock/aimock_host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace byollm::test {

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
    auto request = ask_weather("what is the weather");
    auto asked = host.answer(with, request);
    CHECK(asked.stop == stop_reason::tool_use);
    auto calls = calls_in(asked);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].name == "get_weather");
    CHECK(calls[0].input_json.find("\"Paris\"") != std::string::npos);
    request.messages.push_back({role::assistant, asked.content});
    request.messages.push_back(
      {role::user, {tool_result_block{calls[0].id, "sunny"}}});
    CHECK(host.answer(with, request).text() == "It is sunny in Paris.");
  }
}

TEST_CASE("a long answer says that it stopped at its limit", "[aimock]") {
  aimock_host host;
  for (const auto& with : every_dialect()) {
    INFO(with.provider << (with.stream ? " streaming" : ""));
    auto reply = host.answer(with, say("long story"));
    CHECK(reply.text().size() > 1'000);
    // aimock's Ollama says "stop" whatever its fixture says.
    if (with.provider != "local-ollama")
      CHECK(reply.stop == stop_reason::max_tokens);
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

} // namespace byollm::test
