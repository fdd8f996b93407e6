// SPDX-License-Identifier: Apache-2.0
// Goal: a key that was replaced or deleted goes out of use when it shall, for
// exactly those who use it, and its calls never become platform calls. Method:
// the real actors over scripted ports, with a clock that the test moves.
#include "messages/limits.hpp"
#include "tests/actor/config_world.hpp"
#include "tests/actor/turn_world.hpp"
#include "tests/support/test_receipt_office.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

constexpr auto long_call = std::chrono::hours{1};

template <class World>
void let_pass(World& world, std::chrono::milliseconds time) {
  auto until = world.clock.now() + time;
  world.sys.drain();
  while (world.clock.now() < until && world.clock.ring_next())
    world.sys.drain();
}

// A turn that pinned the user's own LLM, and would fall back if it might; its
// first attempt hangs.
std::unique_ptr<turn_world> turn_on_own_key(std::chrono::milliseconds drain) {
  auto world = std::make_unique<turn_world>();
  world->user = own_llm(fallback_policy::platform);
  world->attempts = {{errc::none, certainty::yes, 1, true}};
  world->drain = drain;
  world->start();
  world->open();
  world->call("running", say("hello"), long_call);
  world->sys.drain();
  REQUIRE(world->sent == 1);
  return world;
}

void replace_key(turn_world& world, uint32_t up_to = 1) {
  caf::anon_send(world.gateway_, atom::replace_v,
                 user_target()->binding().key_id, up_to);
  world.sys.drain();
}

bool used_platform(const turn_world& world) {
  for (const auto& made : world.all<intent_record>())
    if (!made.target->is_byollm())
      return true;
  return false;
}

bool may_lease(config_world& world, const llm_target::ptr& whose) {
  auto ticket = world.ask<answer<lease_ticket_ptr>>(
    world.gateway, atom::lease_v, whose, test_receipt_office::receipt("c1"));
  return ticket && **ticket;
}

using revoked = std::pair<std::string, uint32_t>;

} // namespace

TEST_CASE("a turn goes on with a key that was replaced until the drain is over",
          "[withdrawal]") {
  auto world = turn_on_own_key(std::chrono::seconds{60});
  replace_key(*world);
  world->call("meanwhile", say("hello"), long_call);
  world->sys.drain();
  CHECK(world->answers["meanwhile"].last == errc::none);
  CHECK(world->answers["running"].answers == 0);
  let_pass(*world, std::chrono::seconds{60});
  CHECK(world->answers["running"].last == errc::config_changed);
  auto sent = world->sent;
  world->call("late", say("hello"), long_call);
  world->run_out();
  CHECK(world->answers["late"].last == errc::config_changed);
  CHECK(world->sent == sent);
  CHECK_FALSE(used_platform(*world));
  CHECK(world->problems.empty());
  auto outcomes = world->all<outcome_record>();
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[1].call == "running");
  CHECK(outcomes[1].status == call_status::partial);
  CHECK(outcomes[1].why.code == errc::config_changed);
  CHECK(outcomes[2].status == call_status::refused);
}

TEST_CASE("without a drain a replaced key's calls are cut at once",
          "[withdrawal]") {
  auto world = turn_on_own_key({});
  replace_key(*world);
  CHECK(world->answers["running"].last == errc::config_changed);
  world->call("late", say("hello"), long_call);
  world->sys.drain();
  CHECK(world->answers["late"].last == errc::config_changed);
  CHECK(world->sent == 1);
  CHECK_FALSE(used_platform(*world));
}

TEST_CASE("a newer version of a key is not cut with the older",
          "[withdrawal]") {
  auto world = turn_on_own_key({});
  replace_key(*world, 0);
  CHECK(world->answers["running"].answers == 0);
  caf::anon_send(world->gateway_, atom::replace_v, std::string{"key-bob"}, 9u);
  world->sys.drain();
  CHECK(world->answers["running"].answers == 0);
  world->call("c2", say("hello"), long_call);
  world->sys.drain();
  CHECK(world->answers["c2"].last == errc::none);
  world->run_out();
}

TEST_CASE("calls that run with a deleted key end after the drain",
          "[withdrawal]") {
  auto world = turn_on_own_key(std::chrono::seconds{60});
  caf::anon_send(world->gateway_, atom::revoke_v,
                 user_target()->binding().key_id);
  world->call("late", say("hello"), long_call);
  world->sys.drain();
  CHECK(world->answers["late"].last == errc::config_changed);
  CHECK(world->answers["running"].answers == 0);
  let_pass(*world, std::chrono::seconds{60});
  CHECK(world->answers["running"].last == errc::config_changed);
  CHECK(world->sent == 1);
}

TEST_CASE("each drain has its own end", "[withdrawal]") {
  config_world world;
  auto half = world.drain / 2;
  REQUIRE(world.set_user("ada", "m", make_slip("key-1")));
  auto first = world.lookup().config->target;
  REQUIRE(world.set_user("ada", "m", make_slip("key-2")));
  auto second = world.lookup().config->target;
  world.clock.set(world.clock.now() + half, [] {
    // nop: somewhere to stop
  });
  let_pass(world, half);
  REQUIRE(world.set_user("ada", "m", make_slip("key-3")));
  auto third = world.lookup().config->target;
  CHECK(may_lease(world, first));
  let_pass(world, half);
  CHECK_FALSE(may_lease(world, first));
  CHECK(may_lease(world, second));
  let_pass(world, half);
  CHECK_FALSE(may_lease(world, second));
  CHECK(may_lease(world, third));
  CHECK(world.revoked == std::vector<revoked>{{"key-id", 1}, {"key-id", 2}});
}

TEST_CASE("a drain that was made shorter ends before those before it",
          "[withdrawal]") {
  config_world world;
  auto replace = [&](const std::string& id) {
    caf::anon_send(world.gateway, atom::replace_v, id, uint32_t{1});
    world.sys.drain();
  };
  auto whole = world.drain;
  replace("slow");
  world.drain = whole / 4;
  replace("fast");
  // At once is at once, and nobody else's turn.
  world.drain = std::chrono::seconds{0};
  replace("now");
  CHECK(world.revoked == std::vector<revoked>{{"now", 1}});
  let_pass(world, whole / 4);
  CHECK(world.revoked == std::vector<revoked>{{"now", 1}, {"fast", 1}});
  let_pass(world, whole);
  CHECK(world.revoked
        == std::vector<revoked>{{"now", 1}, {"fast", 1}, {"slow", 1}});
}

TEST_CASE("a change that keeps the key withdraws none", "[withdrawal]") {
  config_world world;
  REQUIRE(world.set_user("ada", "m", make_slip("key-1")));
  REQUIRE(world.set_user("ada", "other", nullptr));
  let_pass(world, 2 * world.drain);
  CHECK(world.revoked.empty());
}

TEST_CASE("a replaced key of the platform goes out of use, too",
          "[withdrawal]") {
  config_world world;
  auto set = [&](const char* key) {
    platform_change wanted;
    wanted.llm = llm_change{"openai", "m", "", make_slip(key)};
    wanted.actor = "test";
    auto done = world.ask<answer<unit>>(
      world.platform, atom::change_v,
      std::make_shared<const platform_change>(std::move(wanted)));
    REQUIRE((done && **done));
  };
  set("key-1");
  set("key-2");
  CHECK(world.revoked.empty());
  let_pass(world, world.drain);
  CHECK(world.revoked == std::vector<revoked>{{"key-id", 1}});
}

TEST_CASE("over the bound the oldest drain ends early", "[withdrawal]") {
  config_world world;
  auto replace = [&](size_t number) {
    caf::anon_send(world.gateway, atom::replace_v,
                   "key-" + std::to_string(number), 1u);
  };
  for (size_t i = 0; i < limits::keys_draining_max; ++i)
    replace(i);
  world.sys.drain();
  CHECK(world.revoked.empty());
  replace(limits::keys_draining_max);
  world.sys.drain();
  CHECK(world.revoked == std::vector<revoked>{{"key-0", 1}});
}

} // namespace byollm
