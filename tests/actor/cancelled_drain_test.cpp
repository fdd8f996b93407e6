// SPDX-License-Identifier: Apache-2.0
// Goal: who cancels a call that the platform pays is told at once, and its
// usage is recorded when it is known, be that later. Method: whole turns over a
// port that reads on, one step at a time, in many orders of events.
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace byollm {

namespace {

uint64_t seed_count() {
  return std::getenv("BYOLLM_LONG") ? 5'000 : 200;
}

void cancel(turn_world& world, const std::string& id) {
  caf::anon_send(world.turn, atom::cancel_v, world.generation, id);
}

// A call that runs and has no end by itself.
std::unique_ptr<turn_world> with_running_call(user_lookup user) {
  auto world = std::make_unique<turn_world>();
  world->user = std::move(user);
  world->attempts = {{.hangs = true, .drains = true}};
  world->start();
  world->open();
  world->call("c1", say("hello"));
  world->sys.drain();
  REQUIRE(world->sent == 1);
  cancel(*world, "c1");
  world->sys.drain();
  return world;
}

} // namespace

TEST_CASE("who cancels a platform call does not wait for its usage",
          "[turn][drain]") {
  auto world = with_running_call({});
  auto& seen = world->answers["c1"];
  CHECK(seen.answers == 1);
  CHECK(seen.last == errc::cancelled);
  // It goes on: it has its place and its name, and no outcome yet.
  CHECK_FALSE(seen.is_over);
  CHECK(world->all<outcome_record>().empty());
  caf::anon_send(world->switchboard_, atom::cancel_v);
  world->sys.drain();
  CHECK(seen.answers == 1);
  CHECK(seen.is_over);
  auto outcomes = world->all<outcome_record>();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].status == call_status::cancelled);
  CHECK(outcomes[0].usage.output == 3u);
  world->run_out();
  CHECK(world->problems.empty());
}

TEST_CASE("who cancels an own call is told when that is recorded",
          "[turn][drain]") {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm();
  world->attempts = {{.hangs = true}};
  world->start();
  world->open();
  world->call("c1", say("hello"));
  world->sys.drain();
  world->ledger_hangs = true;
  cancel(*world, "c1");
  world->sys.drain();
  CHECK(world->answers["c1"].answers == 0);
}

TEST_CASE("a provider that is opened while the runtime stops reads nothing on",
          "[turn][drain]") {
  turn_world world;
  world.attempts = {{.hangs = true, .drains = true}};
  world.start();
  world.open();
  caf::anon_send(world.switchboard_, atom::cancel_v);
  world.sys.drain();
  world.call("c1", say("hello"));
  world.sys.drain();
  CHECK(world.hurried == 1);
  cancel(world, "c1");
  world.sys.drain();
  CHECK(world.answers["c1"].is_over);
  world.run_out();
}

TEST_CASE("cancelled platform calls are answered once and recorded with their "
          "usage, in any order",
          "[turn][drain][seeds]") {
  for (uint64_t seed = 1; seed <= seed_count(); ++seed) {
    INFO("seed " << seed);
    turn_world world{seed};
    world.attempts = {{.deltas = 3, .drains = true}};
    world.start();
    world.open();
    world.call("c1", say("hello"));
    auto steps = world.sys.pick(40);
    for (size_t i = 0; i < steps; ++i)
      world.sys.step();
    cancel(world, "c1");
    if (seed % 2 == 0)
      world.close();
    world.run_out();
    const auto& seen = world.answers["c1"];
    CHECK(world.problems.empty());
    CHECK(seen.answers == 1);
    CHECK(seen.is_over);
    CHECK((seen.last == errc::cancelled || seen.last == errc::none));
    auto outcomes = world.all<outcome_record>();
    CHECK(world.all<intent_record>().size() == outcomes.size());
    CHECK(world.clock.pending() == 0);
    if (world.sent == 0)
      continue;
    REQUIRE(outcomes.size() == 1);
    // It was read to its end, whoever was told what.
    CHECK(outcomes[0].usage.output == 3u);
    CHECK((outcomes[0].status == call_status::cancelled
           || outcomes[0].status == call_status::success));
  }
}

} // namespace byollm
