// SPDX-License-Identifier: Apache-2.0
// Goal: whoever dies at whatever step of a call, its asker gets exactly one
// answer, nothing is sent without an intent, and no intent stays open that the
// ledger could still close. Method: at every step of a call one callee ends, by
// exit or killed outright, over several orders of events.
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace byollm {

namespace {

enum class victim {
  directory,
  resolver,
  gateway,
  ledger,
  quota,
  switchboard,
  desk
};

caf::strong_actor_ptr find(turn_world& world, victim who) {
  switch (who) {
  case victim::directory:
    return caf::actor_cast<caf::strong_actor_ptr>(world.directory_);
  case victim::resolver:
    return caf::actor_cast<caf::strong_actor_ptr>(world.resolver_);
  case victim::gateway:
    return caf::actor_cast<caf::strong_actor_ptr>(world.gateway_);
  case victim::ledger:
    return caf::actor_cast<caf::strong_actor_ptr>(world.ledger_);
  case victim::quota:
    return caf::actor_cast<caf::strong_actor_ptr>(world.quota_);
  case victim::switchboard:
    return caf::actor_cast<caf::strong_actor_ptr>(world.switchboard_);
  case victim::desk:
    break;
  }
  return caf::actor_cast<caf::strong_actor_ptr>(world.desk_);
}

// Runs one call and ends `who` after `steps` steps; returns false if the call
// was over before.
bool run_with_death(victim who, caf::exit_reason how, size_t steps,
                    uint64_t seed) {
  turn_world world{seed};
  world.user = own_llm();
  world.admin.policies["writer"].calls_per_day = 9;
  world.admin.policies["writer"].tokens_per_day = 1'000'000;
  world.attempts = {{errc::provider_fault}, {errc::none, certainty::yes, 2}};
  world.start();
  world.open();
  REQUIRE(world.turn);
  world.call("c1", say("hello"));
  for (size_t i = 0; i < steps; ++i)
    if (!world.sys.step() && !world.clock.ring_next())
      break;
  auto over = world.answers["c1"].answers != 0;
  caf::anon_send_exit(find(world, who), how);
  world.turn = nullptr;
  world.run_out();
  CHECK(world.problems.empty());
  CHECK(world.answers["c1"].answers == 1);
  auto intents = world.all<intent_record>().size();
  auto outcomes = world.all<outcome_record>().size();
  CHECK(outcomes <= intents);
  if (who != victim::ledger) {
    CHECK(outcomes == intents);
    CHECK(world.late_intents == 0);
  }
  return !over;
}

} // namespace

TEST_CASE("a callee that dies at any step of a call leaves one answer",
          "[turn][kill]") {
  auto who = GENERATE(victim::directory, victim::resolver, victim::gateway,
                      victim::ledger, victim::quota, victim::switchboard);
  auto seeds = std::getenv("BYOLLM_LONG") ? 40u : 4u;
  size_t deaths = 0;
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    for (size_t steps = 0; steps < 200; ++steps) {
      INFO("victim " << int(who) << " seed " << seed << " after " << steps);
      ++deaths;
      if (!run_with_death(who, caf::exit_reason::user_shutdown, steps, seed))
        break;
    }
  }
  CHECK(deaths > seeds * 10);
}

TEST_CASE("a callee killed outright at any step leaves one answer",
          "[turn][kill]") {
  // Killed actors settle nothing; bounces, the ends that lost orders report,
  // and the call's deadline must do.
  auto who = GENERATE(victim::directory, victim::resolver, victim::gateway,
                      victim::ledger, victim::quota, victim::switchboard);
  for (size_t steps = 0; steps < 200; ++steps) {
    INFO("victim " << int(who) << " after " << steps);
    if (!run_with_death(who, caf::exit_reason::kill, steps, 0))
      break;
  }
}

TEST_CASE(
  "a turn that dies at any step answers its calls and closes its intents",
  "[turn][kill]") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (size_t steps = 0; steps < 200; ++steps) {
      INFO("seed " << seed << " after " << steps);
      turn_world world{seed};
      world.user = own_llm();
      world.attempts = {{errc::none, certainty::yes, 2}};
      world.start();
      world.open();
      world.call("c1", say("hello"));
      for (size_t i = 0; i < steps; ++i)
        world.sys.step();
      auto over = world.answers["c1"].answers != 0;
      caf::anon_send_exit(world.turn, caf::exit_reason::user_shutdown);
      world.turn = nullptr;
      world.run_out();
      CHECK(world.problems.empty());
      CHECK(world.late_intents == 0);
      CHECK(world.answers["c1"].answers == 1);
      CHECK(world.all<intent_record>().size()
            == world.all<outcome_record>().size());
      if (over)
        break;
    }
  }
}

TEST_CASE("the desk replaces a turn that died, lent or free", "[turn][kill]") {
  turn_world world;
  world.start();
  world.open();
  auto free = GENERATE(false, true);
  auto dying = world.turn;
  if (free)
    world.close();
  world.sys.drain();
  caf::anon_send_exit(dying, caf::exit_reason::user_shutdown);
  world.turn = nullptr;
  world.sys.drain();
  world.open();
  REQUIRE(world.turn);
  CHECK(world.turn != dying);
  world.call("c1", say("hello"));
  world.run_out();
  CHECK(world.answers["c1"].last == errc::none);
}

} // namespace byollm
