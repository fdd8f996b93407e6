// SPDX-License-Identifier: Apache-2.0
// Goal: a tenant remembers so many users, and a change is seen whoever was
// forgotten. Method: the real actors with room for one or two users, over a
// store in memory.
#include "tests/actor/config_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

shared<call_context> context_of(const std::string& user) {
  return std::make_shared<const call_context>(call_context{
    {*tenant_id::parse("acme"), *user_id::parse(user), *app_id::parse("x")},
    *turn_id::parse("t")});
}

} // namespace

TEST_CASE("a tenant remembers the users that were asked for last", "[config]") {
  config_world world{0, {10, 2}};
  auto loads_for = [&](const std::string& user) {
    auto before = world.loads;
    CHECK(world.lookup(user).is == user_lookup::state::absent);
    return world.loads - before;
  };
  CHECK(loads_for("ada") == 1);
  CHECK(loads_for("bob") == 1);
  CHECK(loads_for("ada") == 0);
  CHECK(loads_for("cyd") == 1);
  CHECK(loads_for("ada") == 0);
  CHECK(loads_for("bob") == 1);
}

TEST_CASE("a change is seen by every later look-up, also of who was forgotten",
          "[config][seeds]") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    config_world world{seed, {10, 1}};
    REQUIRE(world.set_user("ada", "old", make_slip("k1")));
    REQUIRE(world.lookup("bob").is == user_lookup::state::absent);
    user_change own{*tenant_id::parse("acme"), *user_id::parse("ada")};
    own.llm = llm_change{"openai", "new", "", make_slip("k2")};
    auto wanted = std::make_shared<const user_change>(own);
    caf::anon_send(world.directory, atom::lookup_v, context_of("ada"));
    caf::anon_send(world.directory, atom::change_v, wanted);
    caf::anon_send(world.directory, atom::lookup_v, context_of("cyd"));
    caf::anon_send(world.directory, atom::lookup_v, context_of("ada"));
    caf::anon_send(world.directory, atom::lookup_v, context_of("dan"));
    world.sys.drain();
    auto found = world.lookup("ada");
    REQUIRE(found.is == user_lookup::state::present);
    CHECK(found.config->target->model() == "new");
  }
}

} // namespace byollm
