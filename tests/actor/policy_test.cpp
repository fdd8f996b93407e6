// SPDX-License-Identifier: Apache-2.0
// Goal: an extension does what its policy allows, for each user and day, and
// what it does beyond that is refused, recorded, and says why. Method: whole
// turns over scripted ports.
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

using namespace std::chrono_literals;

extension_policy& policy(turn_world& world) {
  return world.admin.policies["writer"];
}

// Runs one call and returns its failure.
errc run(turn_world& world, const std::string& id,
         create_message_request request = say("hello")) {
  world.call(id, std::move(request));
  world.run_out();
  CHECK(world.problems.empty());
  CHECK(world.answers[id].answers == 1);
  return world.answers[id].last;
}

create_message_request for_purpose(const std::string& purpose) {
  auto request = say("hello");
  request.purpose = purpose;
  return request;
}

failure last_refusal(const turn_world& world) {
  auto all = world.all<refusal_record>();
  return all.empty() ? failure{} : all.back().why;
}

scripted_attempt using_tokens(uint64_t in, uint64_t out) {
  scripted_attempt made;
  made.usage = {token_usage::source::provider, in, {}, {}, out, {}};
  return made;
}

} // namespace

TEST_CASE("calls name a purpose that the policy has", "[policy]") {
  turn_world world;
  policy(world).purposes = {"summary", "title"};
  world.start();
  world.open();
  CHECK(run(world, "c1", for_purpose("summary")) == errc::none);
  CHECK(run(world, "c2", for_purpose("chat")) == errc::forbidden);
  CHECK(last_refusal(world).parameter == "purpose");
  CHECK(run(world, "c3") == errc::forbidden);
  CHECK(world.sent == 1);
  CHECK(world.all<refusal_record>().size() == 2);
}

TEST_CASE("a policy may have calls without a purpose", "[policy]") {
  turn_world world;
  policy(world).purposes = {""};
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
  CHECK(run(world, "c2", for_purpose("summary")) == errc::forbidden);
}

TEST_CASE("only models of the policy answer, whoever named them", "[policy]") {
  turn_world world;
  world.user = own_llm(fallback_policy::platform);
  auto models
    = GENERATE(std::vector<std::string>{"own-model"},
               std::vector<std::string>{"x", "own-*"},
               std::vector<std::string>{"platform-model"},
               std::vector<std::string>{"own-"}, std::vector<std::string>{});
  auto own_may = !models.empty() && models.back().starts_with("own-")
                 && models.back() != "own-";
  policy(world).models = models;
  world.attempts = {{errc::authentication}};
  world.start();
  world.open();
  auto got = run(world, "c1");
  if (own_may) {
    // The platform's model is no way out, so what failed is what is told.
    CHECK(got == errc::authentication);
    CHECK(world.sent == 1);
  } else {
    CHECK(got == errc::forbidden);
    CHECK(last_refusal(world).parameter == "model");
    CHECK(world.sent == 0);
  }
}

TEST_CASE("a day has so many calls, and the next day has them again",
          "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 2;
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
  CHECK(run(world, "c2") == errc::none);
  CHECK(run(world, "c3") == errc::allowance_exhausted);
  CHECK(last_refusal(world).parameter == "calls_per_day");
  CHECK(run(world, "c4") == errc::allowance_exhausted);
  CHECK(world.sent == 2);
  world.clock.pass(24h);
  CHECK(run(world, "c5") == errc::none);
  CHECK(run(world, "c6") == errc::none);
  CHECK(run(world, "c7") == errc::allowance_exhausted);
}

TEST_CASE("nobody has a day twice that comes again", "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 2;
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
  CHECK(run(world, "c2") == errc::none);
  CHECK(run(world, "c3") == errc::allowance_exhausted);
  // The clock is set back; what the ledger says of that day counts.
  usage_row row;
  row.attempts = 1;
  world.past_usage = {row};
  world.clock.set_wall(-24h);
  CHECK(run(world, "c4") == errc::none);
  CHECK(run(world, "c5") == errc::allowance_exhausted);
  // It is set right again: the day was used up.
  world.past_usage = {row, row};
  world.clock.set_wall(24h);
  CHECK(run(world, "c6") == errc::allowance_exhausted);
  // Of a day that never was before nobody need be asked.
  world.past_fails = true;
  world.clock.pass(24h);
  CHECK(run(world, "c7") == errc::none);
  CHECK(run(world, "c8") == errc::none);
  CHECK(run(world, "c9") == errc::allowance_exhausted);
}

TEST_CASE("what ends on another day than it began is counted once",
          "[policy]") {
  turn_world world;
  policy(world).tokens_per_day = 100;
  world.attempts = {using_tokens(60, 0), using_tokens(60, 0)};
  world.start();
  world.open();
  world.call("c1", say("hello"));
  while (world.sent == 0)
    REQUIRE(world.sys.step());
  world.clock.set_wall(-24h);
  world.run_out();
  CHECK(world.answers["c1"].last == errc::none);
  // By the ledger, which says that it ended on this one.
  usage_row row;
  row.input_uncached = 60;
  world.past_usage = {row};
  CHECK(run(world, "c2") == errc::none);
  CHECK(run(world, "c3") == errc::allowance_exhausted);
}

TEST_CASE("what is refused otherwise is not counted", "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 1;
  policy(world).purposes = {""};
  world.start();
  world.open();
  CHECK(run(world, "c1", for_purpose("chat")) == errc::forbidden);
  CHECK(run(world, "c2", create_message_request{}) == errc::invalid_request);
  CHECK(run(world, "c3") == errc::none);
  CHECK(run(world, "c4") == errc::allowance_exhausted);
}

TEST_CASE("retries of one call are one call", "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 2;
  world.attempts = {{errc::provider_fault}, {errc::provider_fault}};
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
  CHECK(world.sent == 3);
  CHECK(run(world, "c2") == errc::none);
  CHECK(run(world, "c3") == errc::allowance_exhausted);
}

TEST_CASE("a day has so many tokens", "[policy]") {
  turn_world world;
  policy(world).tokens_per_day = 100;
  world.attempts = {using_tokens(40, 20), using_tokens(30, 9),
                    using_tokens(1, 0), using_tokens(0, 0)};
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
  CHECK(run(world, "c2") == errc::none);
  CHECK(run(world, "c3") == errc::none); // 99 are used before it
  CHECK(run(world, "c4") == errc::allowance_exhausted);
  CHECK(last_refusal(world).parameter == "tokens_per_day");
}

TEST_CASE("tokens that nobody told count as many, unless nothing was sent",
          "[policy]") {
  auto sent = GENERATE(certainty::no, certainty::yes);
  turn_world world;
  policy(world).tokens_per_day = 1'000;
  scripted_attempt script{errc::content_policy, sent};
  script.usage = {};
  world.attempts = {script};
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::content_policy);
  CHECK(run(world, "c2")
        == (sent == certainty::no ? errc::none : errc::allowance_exhausted));
}

TEST_CASE("after a start the ledger's sums of the day count", "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 4;
  policy(world).tokens_per_day = 1'000;
  usage_row row;
  row.attempts = 1;
  row.input_uncached = 100;
  row.cache_read = 200;
  row.cache_write = 50;
  row.output = 49;
  world.past_usage = {row, row};
  world.attempts = {using_tokens(150, 52)};
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
  CHECK(run(world, "c2") == errc::allowance_exhausted);
  CHECK(last_refusal(world).parameter == "tokens_per_day");
}

TEST_CASE("calls that wait for the sums are counted one by one", "[policy]") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    turn_world world{seed};
    policy(world).calls_per_day = 3;
    usage_row row;
    row.attempts = 1;
    world.past_usage = {row};
    world.start();
    world.open();
    for (auto id : {"c1", "c2", "c3", "c4"})
      world.call(id, say("hello"));
    world.run_out();
    CHECK(world.problems.empty());
    CHECK(world.sent == 2);
    CHECK(world.all<refusal_record>().size() == 2);
  }
}

TEST_CASE("what cannot be counted is not allowed, and asked for again",
          "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 9;
  world.past_fails = true;
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::store_unavailable);
  CHECK(world.sent == 0);
  world.past_fails = false;
  CHECK(run(world, "c2") == errc::none);
}

TEST_CASE("what could not be counted yesterday is counted today", "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 1;
  world.past_fails = true;
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::store_unavailable);
  world.past_fails = false;
  world.clock.pass(24h);
  CHECK(run(world, "c2") == errc::none);
  CHECK(run(world, "c3") == errc::allowance_exhausted);
}

TEST_CASE("a store that hangs does not hold a call beyond its deadline",
          "[policy]") {
  turn_world world;
  policy(world).calls_per_day = 9;
  world.past_hangs = true;
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::deadline_exceeded);
  CHECK(world.sent == 0);
  CHECK(world.all<refusal_record>().size() == 1);
}

TEST_CASE("the policy of all others does not meet who has one", "[policy]") {
  turn_world world;
  world.admin.policies["*"].calls_per_day = 0;
  auto has_own = GENERATE(false, true);
  if (has_own)
    policy(world).calls_per_day = 1;
  world.start();
  world.open();
  CHECK(run(world, "c1") == (has_own ? errc::none : errc::allowance_exhausted));
}

TEST_CASE("the test of a key is no extension's call", "[policy]") {
  turn_world world;
  world.begun_by = turn_source::test;
  policy(world).calls_per_day = 0;
  policy(world).models = std::vector<std::string>{};
  world.start();
  world.open();
  CHECK(run(world, "c1") == errc::none);
}

} // namespace byollm
