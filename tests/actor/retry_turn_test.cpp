// SPDX-License-Identifier: Apache-2.0
// Goal: an outage costs a tenant's provider its calls and a bounded number of
// retries, costs no other tenant a retry, and keeps nobody from a fallback.
// Method: whole turns over scripted ports, on a clock that moves from alarm to
// alarm, in many orders of events.
#include "messages/limits.hpp"
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace byollm {

namespace {

using namespace std::chrono_literals;

constexpr size_t outage_calls = 30;
static_assert(outage_calls > limits::retries_in_window_min);

const scripted_attempt dead{errc::connect_failed, certainty::no};

uint64_t seed_count() {
  return std::getenv("BYOLLM_LONG") ? 2'000 : 50;
}

bool all_answered(const turn_world& world) {
  for (const auto& [_, seen] : world.answers)
    if (seen.answers == 0)
      return false;
  return true;
}

// Goes on until everybody has an answer and no further: the window stays.
void run_on(turn_world& world) {
  world.sys.drain();
  while (!all_answered(world) && world.clock.ring_next())
    world.sys.drain();
  REQUIRE(all_answered(world));
}

turn_world::seen& ask(turn_world& world, const std::string& id) {
  world.call(id, say("hello"));
  run_on(world);
  return world.answers[id];
}

void reopen(turn_world& world, const std::string& tenant, user_lookup user) {
  world.close();
  world.tenant = tenant;
  world.user = std::move(user);
  world.open();
  REQUIRE(world.turn);
}

void take(turn_world& world, uint32_t retries) {
  auto now = world.clock.now();
  auto budget = world.retries.of("acme", now);
  for (uint32_t i = 0; i < retries; ++i)
    REQUIRE(budget->take(now) == retry_right::granted);
}

std::unique_ptr<turn_world> open_world(fallback_policy fallback) {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm(fallback);
  world->start();
  world->open();
  REQUIRE(world->turn);
  return world;
}

} // namespace

TEST_CASE("an outage uses up its tenant's retries and nobody else's",
          "[retries][turn][seeds]") {
  for (uint64_t seed = 1; seed <= seed_count(); ++seed) {
    INFO("seed " << seed);
    turn_world world{seed};
    world.user = own_llm();
    world.attempts.assign(1'000, dead);
    world.start();
    world.open();
    for (size_t i = 0; i < outage_calls; ++i)
      world.call("c" + std::to_string(i), say("hello"));
    run_on(world);
    CHECK(world.sent == outage_calls + limits::retries_in_window_min);
    CHECK(world.retries.denied() == outage_calls);
    for (const auto& [_, seen] : world.answers) {
      CHECK(seen.last == errc::connect_failed);
      CHECK(seen.detail.find("retries are used up") != std::string::npos);
    }
    // The tenant's next turn has no more than this one.
    reopen(world, "acme", own_llm());
    auto sent = world.sent;
    CHECK(ask(world, "again").last == errc::connect_failed);
    CHECK(world.sent == sent + 1);
    reopen(world, "globex", {});
    auto& other = ask(world, "other");
    CHECK(other.detail.find("used up") == std::string::npos);
    CHECK(world.sent == sent + 2 + limits::retries_max);
    // The window passes. One answer, so that the breaker is no reason.
    world.clock.pass(limits::retry_window + 1s);
    world.attempts = {{}, dead, {}};
    reopen(world, "acme", own_llm());
    CHECK(ask(world, "well").reply.attempts == 1);
    CHECK(ask(world, "retried").reply.attempts == 2);
    CHECK(world.problems.empty());
    CHECK(world.all<intent_record>().size()
          == world.all<outcome_record>().size());
    world.run_out();
  }
}

TEST_CASE("without retries a consented fallback happens at once",
          "[retries][turn]") {
  auto world = open_world(fallback_policy::platform);
  take(*world, limits::retries_in_window_min);
  world->attempts = {dead};
  auto now = world->clock.now();
  auto& answer = ask(*world, "c");
  CHECK(answer.last == errc::none);
  CHECK(answer.reply.fallback_from == "openai");
  CHECK(answer.reply.attempts == 2);
  CHECK(world->clock.now() == now);
  CHECK(world->retries.denied() == 1);
}

TEST_CASE("an attempt at another LLM is no retry", "[retries][turn]") {
  auto world = open_world(fallback_policy::platform);
  take(*world, limits::retries_in_window_min - 1);
  world->attempts = {{errc::authentication}, {}, dead, {}};
  CHECK(ask(*world, "fell back").reply.fallback_from == "openai");
  auto& answer = ask(*world, "retried");
  CHECK(answer.reply.attempts == 2);
  CHECK(answer.reply.fallback_from.empty());
  CHECK(world->retries.denied() == 0);
}

TEST_CASE("many calls that are well allow retries in part", "[retries][turn]") {
  auto world = open_world(fallback_policy::error);
  for (int i = 0; i < 250; ++i)
    world->call("well" + std::to_string(i), say("hello"));
  run_on(*world);
  world->attempts.assign(100, dead);
  auto sent = world->sent;
  for (size_t i = 0; i < 50; ++i)
    world->call("c" + std::to_string(i), say("hello"));
  run_on(*world);
  CHECK(world->sent == sent + 50 + 300 / 10);
}

TEST_CASE("what is only explained is no call", "[retries][turn]") {
  auto world = open_world(fallback_policy::error);
  auto order = std::make_shared<call_order>();
  order->request = std::make_shared<const create_message_request>(say("hello"));
  for (int i = 0; i < 300; ++i)
    caf::anon_send(world->turn, atom::plan_v, world->generation,
                   shared<call_order>{order});
  world->sys.drain();
  take(*world, limits::retries_in_window_min);
  CHECK(world->retries.of("acme", world->clock.now())->take(world->clock.now())
        != retry_right::granted);
}

} // namespace byollm
