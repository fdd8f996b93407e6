// SPDX-License-Identifier: Apache-2.0
// Goal: a turn keeps its promises: intent before sending, outcome before the
// reply, one resolution, one answer, nothing left behind. Method: the real
// actors over scripted ports, one step at a time, over many orders of events.
#include "tests/actor/turn_world.hpp"
#include "tests/support/test_receipt_office.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace byollm {

namespace {

uint64_t seed_count() {
  return std::getenv("BYOLLM_LONG") ? 5'000 : 200;
}

// Runs one call to its end and returns the world.
std::unique_ptr<turn_world> one_call(std::unique_ptr<turn_world> world) {
  world->start();
  world->open();
  REQUIRE(world->turn);
  world->call("c1", say("hello"));
  world->run_out();
  CHECK(world->problems.empty());
  CHECK(world->late_pieces == 0);
  CHECK(world->answers["c1"].answers == 1);
  return world;
}

// A call of a user's own LLM, which does not answer.
std::unique_ptr<turn_world> with_hanging_call() {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm();
  world->attempts = {{.hangs = true}};
  world->start();
  world->open();
  world->call("c1", say("hello"));
  world->sys.drain();
  return world;
}

} // namespace

TEST_CASE("the user's own LLM answers, and it costs nothing", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm();
  world = one_call(std::move(world));
  CHECK(world->pinned->is_byollm);
  CHECK(world->pinned->model == "own-model");
  const auto& reply = world->answers["c1"].reply;
  CHECK(reply.is_byollm);
  CHECK(reply.provider == "openai");
  CHECK(reply.billing == billing_class::byollm);
  CHECK(reply.text() == "answer");
  auto outcomes = world->all<outcome_record>();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].billing == billing_class::byollm);
  CHECK(outcomes[0].status == call_status::success);
  CHECK(outcomes[0].model == "as-reported");
}

TEST_CASE("without an own LLM the platform answers, and it is billed",
          "[turn]") {
  auto world = one_call(std::make_unique<turn_world>());
  CHECK_FALSE(world->pinned->is_byollm);
  CHECK(world->answers["c1"].reply.billing == billing_class::platform);
  CHECK(world->all<intent_record>()[0].target->billing()
        == billing_class::platform);
}

TEST_CASE("a broken configuration is nobody's call", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->user = {user_lookup::state::broken,
                 nullptr,
                 {errc::config_unavailable, "unreadable"}};
  world = one_call(std::move(world));
  CHECK(world->answers["c1"].last == errc::config_unavailable);
  CHECK(world->sent == 0);
  CHECK(world->all<refusal_record>().size() == 1);
}

TEST_CASE("each attempt has its own intent and outcome", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm();
  world->attempts
    = {{errc::provider_fault}, {errc::connect_failed, certainty::no}};
  world = one_call(std::move(world));
  CHECK(world->answers["c1"].last == errc::none);
  CHECK(world->answers["c1"].reply.attempts == 3);
  CHECK(world->all<intent_record>().size() == 3);
  auto outcomes = world->all<outcome_record>();
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[0].status == call_status::failed);
  CHECK(outcomes[1].sent == certainty::no);
  CHECK(outcomes[2].status == call_status::success);
}

TEST_CASE("a consented fallback bills each attempt as what it was", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm(fallback_policy::platform);
  world->attempts = {{errc::authentication}};
  world = one_call(std::move(world));
  const auto& reply = world->answers["c1"].reply;
  CHECK_FALSE(reply.is_byollm);
  CHECK(reply.fallback_from == "openai");
  auto intents = world->all<intent_record>();
  REQUIRE(intents.size() == 2);
  CHECK(intents[0].target->billing() == billing_class::byollm);
  CHECK(intents[1].target->billing() == billing_class::platform);
  CHECK(intents[1].fallback_from == "openai");
}

TEST_CASE("a stream that broke after a byte is not tried again", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm(fallback_policy::platform);
  world->attempts = {{errc::truncated, certainty::yes, 2}};
  world = one_call(std::move(world));
  CHECK(world->answers["c1"].last == errc::truncated);
  CHECK(world->answers["c1"].deltas == 2);
  CHECK(world->sent == 1);
  CHECK(world->all<outcome_record>()[0].status == call_status::partial);
}

TEST_CASE("without a durable intent nothing is sent", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->ledger_fails = true;
  world = one_call(std::move(world));
  CHECK(world->answers["c1"].last == errc::audit_unavailable);
  CHECK(world->sent == 0);
}

TEST_CASE("a ledger that hangs is answered at the deadline, and not sent",
          "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->ledger_hangs = true;
  world = one_call(std::move(world));
  CHECK(world->answers["c1"].last == errc::deadline_exceeded);
  CHECK(world->sent == 0);
}

TEST_CASE("an outcome that hangs is answered soon after the deadline",
          "[turn]") {
  auto world = with_hanging_call();
  REQUIRE(world->sent == 1);
  world->ledger_hangs = true;
  SECTION("stopped by the deadline itself") {}
  SECTION("cancelled before") {
    caf::anon_send(world->turn, atom::cancel_v, world->generation,
                   std::string{"c1"});
    world->sys.drain();
  }
  CHECK(world->answers["c1"].answers == 0);
  world->run_out();
  CHECK(world->answers["c1"].answers == 1);
  CHECK(world->answers["c1"].last == errc::audit_unavailable);
  CHECK(world->answers["c1"].sent == certainty::maybe);
}

TEST_CASE("a call without any time left is told so", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->start();
  world->open();
  world->call("c1", say("hello"), std::chrono::seconds{0});
  world->run_out();
  CHECK(world->answers["c1"].answers == 1);
  CHECK(world->answers["c1"].last == errc::deadline_exceeded);
}

TEST_CASE("calls that end together end for the reason that is given",
          "[turn]") {
  auto world = with_hanging_call();
  caf::anon_send(world->turn, atom::cancel_v, world->generation,
                 std::make_shared<const failure>(
                   failure{errc::cancelled, "their function was ended"}));
  world->run_out();
  auto outcomes = world->all<outcome_record>();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].why.detail == "their function was ended");
}

TEST_CASE("a provider that hangs is cut at the deadline", "[turn]") {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm();
  world->attempts = {{errc::none, certainty::yes, 1, true}};
  world = one_call(std::move(world));
  CHECK(world->answers["c1"].last == errc::deadline_exceeded);
  CHECK(world->all<outcome_record>().size() == 1);
}

TEST_CASE("a platform call that nobody pays is refused; an own one is not",
          "[turn]") {
  auto poor = std::make_unique<turn_world>();
  poor->may_pay = false;
  poor = one_call(std::move(poor));
  CHECK(poor->answers["c1"].last == errc::balance_exhausted);
  CHECK(poor->sent == 0);
  auto own = std::make_unique<turn_world>();
  own->may_pay = false;
  own->user = own_llm();
  own = one_call(std::move(own));
  CHECK(own->answers["c1"].last == errc::none);
}

TEST_CASE("a bad request is one row and no attempt", "[turn]") {
  turn_world world;
  world.start();
  world.open();
  world.call("empty", {});
  auto hot = say("hello");
  hot.params.temperature = 3.0;
  world.call("hot", hot);
  world.call("late", say("hello"), std::chrono::milliseconds{0});
  world.run_out();
  CHECK(world.answers["empty"].last == errc::invalid_request);
  CHECK(world.answers["hot"].last == errc::invalid_request);
  CHECK(world.answers["late"].last == errc::deadline_exceeded);
  CHECK(world.sent == 0);
  auto refusals = world.all<refusal_record>();
  REQUIRE(refusals.size() == 3);
  CHECK(refusals[0].status == call_status::validation_rejected);
}

TEST_CASE("a turn's calls run on what it pinned, whatever changes meanwhile",
          "[turn]") {
  turn_world world;
  world.user = own_llm();
  world.start();
  world.open();
  world.user = {};
  platform_config other;
  other.llm = platform_target("openai", "other");
  caf::anon_send(world.resolver_, atom::replace_v,
                 std::make_shared<const platform_config>(other));
  world.call("c1", say("one"));
  world.call("c2", say("two"));
  world.run_out();
  for (const auto& made : world.all<intent_record>())
    CHECK(made.target->is_byollm());
  CHECK(world.answers["c1"].reply.is_byollm);
}

TEST_CASE("a key deleted in the middle of a turn fails its calls, no platform",
          "[turn]") {
  turn_world world;
  world.user = own_llm(fallback_policy::platform);
  world.start();
  world.open();
  caf::anon_send(world.gateway_, atom::revoke_v,
                 user_target()->binding().key_id);
  world.sys.drain();
  world.call("c1", say("hello"));
  world.run_out();
  CHECK(world.answers["c1"].last == errc::config_changed);
  CHECK(world.sent == 0);
  auto outcomes = world.all<outcome_record>();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].status == call_status::refused);
}

TEST_CASE("a call id that is in use is a conflict, and asks nobody", "[turn]") {
  turn_world world;
  world.start();
  world.open();
  world.attempts = {{errc::none, certainty::yes, 0, true}};
  world.call("c1", say("one"));
  world.sys.drain();
  world.call("c1", say("two"));
  world.sys.drain();
  CHECK(world.answers["c1"].last == errc::call_conflict);
  CHECK(world.sent == 1);
  world.run_out();
}

TEST_CASE("an end that is not of the running attempt is nobody's", "[turn]") {
  turn_world world;
  world.start();
  world.open();
  world.attempts = {{errc::none, certainty::yes, 0, true}};
  world.call("c1", say("hello"));
  world.sys.drain();
  REQUIRE(world.sent == 1);
  caf::anon_send(world.turn, atom::ended_v,
                 test_receipt_office::receipt("c1", 1, 1'000'000),
                 std::make_shared<const attempt_report>());
  world.sys.drain();
  CHECK(world.all<outcome_record>().empty());
  CHECK(world.answers["c1"].answers == 0);
  world.run_out();
  CHECK(world.all<outcome_record>().size() == 1);
}

TEST_CASE("a turn is used again, and a late message does not meet the next one",
          "[turn]") {
  turn_world world;
  world.start();
  world.open();
  auto first = world.turn;
  auto old = world.generation;
  world.close();
  world.sys.drain();
  world.open();
  CHECK(world.turn == first);
  CHECK(world.generation != old);
  auto now = std::exchange(world.generation, old);
  world.call("late", say("hello"));
  world.sys.drain();
  CHECK(world.answers["late"].last == errc::unavailable);
  world.generation = now;
  world.call("c1", say("hello"));
  world.run_out();
  CHECK(world.answers["c1"].last == errc::none);
}

TEST_CASE(
  "cancelled calls are answered once and leave an outcome, in any order",
  "[turn][seeds]") {
  for (uint64_t seed = 1; seed <= seed_count(); ++seed) {
    INFO("seed " << seed);
    turn_world world{seed};
    world.user = own_llm();
    world.attempts = {{errc::none, certainty::yes, 3}};
    world.start();
    world.open();
    world.call("c1", say("hello"));
    auto steps = world.sys.pick(30);
    for (size_t i = 0; i < steps; ++i)
      world.sys.step();
    caf::anon_send(world.turn, atom::cancel_v, world.generation,
                   std::string{"c1"});
    world.run_out();
    auto last = world.answers["c1"].last;
    CHECK(world.problems.empty());
    CHECK(world.late_pieces == 0);
    CHECK(world.late_intents == 0);
    CHECK(world.answers["c1"].answers == 1);
    CHECK(world.answers["c1"].is_over);
    CHECK((last == errc::cancelled || last == errc::none));
    CHECK(world.all<intent_record>().size()
          == world.all<outcome_record>().size());
  }
}

TEST_CASE("many calls of one turn end once each, in any order",
          "[turn][seeds]") {
  for (uint64_t seed = 1; seed <= seed_count(); ++seed) {
    INFO("seed " << seed);
    turn_world world{seed};
    world.user = own_llm(fallback_policy::platform);
    world.attempts = {{errc::provider_fault},
                      {errc::none, certainty::yes, 2},
                      {errc::connection_lost, certainty::maybe},
                      {errc::authentication},
                      {errc::truncated, certainty::yes, 1}};
    world.start();
    world.open();
    for (int i = 0; i < 8; ++i)
      world.call("c" + std::to_string(i), say("hello"));
    world.close();
    world.run_out();
    CHECK(world.problems.empty());
    CHECK(world.late_pieces == 0);
    for (const auto& [id, seen] : world.answers)
      CHECK(seen.answers == 1);
    CHECK(world.all<intent_record>().size() == world.sent);
    CHECK(world.all<outcome_record>().size() == world.sent);
    CHECK(world.clock.pending() == 0);
  }
}

} // namespace byollm
