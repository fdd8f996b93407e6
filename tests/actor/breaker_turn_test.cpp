// SPDX-License-Identifier: Apache-2.0
// Goal: what an open breaker means for calls: told at once, recorded as not
// sent, falling back as consented, mended by a test. Method: whole turns over
// scripted ports, on a clock that moves from alarm to alarm.
#include "messages/limits.hpp"
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

using namespace std::chrono_literals;

const scripted_attempt dead{errc::connect_failed, certainty::no};

// Calls, and goes on until there is an answer and no further.
turn_world::seen& ask(turn_world& world, const std::string& id,
                      std::chrono::milliseconds timeout = 60s) {
  world.call(id, say("hello"), timeout);
  auto& answer = world.answers[id];
  world.sys.drain();
  while (answer.answers == 0 && world.clock.ring_next())
    world.sys.drain();
  CHECK(answer.answers == 1);
  return answer;
}

void reopen(turn_world& world, turn_source source) {
  world.close();
  world.begun_by = source;
  world.open();
  REQUIRE(world.turn);
}

// A world whose user's LLM failed until it was left alone.
std::unique_ptr<turn_world> with_dead_llm(fallback_policy fallback) {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm(fallback);
  for (int i = 0; i < 2; ++i) {
    world->attempts.insert(world->attempts.end(), 3, dead);
    if (fallback == fallback_policy::platform)
      world->attempts.push_back({});
  }
  world->start();
  world->open();
  ask(*world, "dead-1");
  ask(*world, "dead-2");
  REQUIRE(world->attempts.empty());
  return world;
}

} // namespace

TEST_CASE("a call to an LLM that is left alone is told so at once",
          "[breaker][turn]") {
  auto world = with_dead_llm(fallback_policy::error);
  auto sent = world->sent;
  auto now = world->clock.now();
  CHECK(ask(*world, "c").last == errc::circuit_open);
  CHECK(world->clock.now() == now);
  CHECK(world->sent == sent);
  auto outcomes = world->all<outcome_record>();
  CHECK(outcomes.back().call == "c");
  CHECK(outcomes.back().status == call_status::refused);
  CHECK(outcomes.back().sent == certainty::no);
  CHECK(outcomes.back().why.code == errc::circuit_open);
  CHECK(world->all<intent_record>().size() == outcomes.size());
  world->run_out();
  CHECK(world->problems.empty());
}

TEST_CASE("who consented falls back from an LLM that is left alone at once",
          "[breaker][turn]") {
  auto world = with_dead_llm(fallback_policy::platform);
  auto sent = world->sent;
  auto now = world->clock.now();
  auto answer = ask(*world, "c");
  CHECK(answer.last == errc::none);
  CHECK(answer.reply.fallback_from == "openai");
  CHECK(answer.reply.billing == billing_class::platform);
  CHECK(world->clock.now() == now);
  CHECK(world->sent == sent + 1);
}

TEST_CASE("a call that was let through is tried again after the time",
          "[breaker][turn]") {
  turn_world world;
  world.user = own_llm();
  world.attempts.assign(limits::breaker_failures, dead);
  world.start();
  world.open();
  // Three failures, one of a call without the time for more, and the last.
  ask(world, "c1");
  ask(world, "c2", 50ms);
  auto until = world.clock.now() + limits::breaker_streak_min;
  world.clock.set(until, [] {});
  while (world.clock.now() < until && world.clock.ring_next())
    world.sys.drain();
  auto answer = ask(world, "c3");
  CHECK(answer.last == errc::none);
  // One failed, one was spared, and the probe was answered.
  CHECK(answer.reply.attempts == 3);
  CHECK(world.clock.now() >= until + limits::breaker_open_first);
  CHECK(world.problems.empty());
}

TEST_CASE("a test of an LLM that is left alone asks it, and lets calls in",
          "[breaker][turn]") {
  auto world = with_dead_llm(fallback_policy::error);
  CHECK(ask(*world, "c1").last == errc::circuit_open);
  reopen(*world, turn_source::test);
  auto sent = world->sent;
  CHECK(ask(*world, "test").last == errc::none);
  CHECK(world->sent == sent + 1);
  reopen(*world, turn_source::chat);
  CHECK(ask(*world, "c2").last == errc::none);
}

} // namespace byollm
