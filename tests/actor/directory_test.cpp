// SPDX-License-Identifier: Apache-2.0
// Goal: when too many tenants are awake, those in use stay awake, and who is
// refused costs next to nothing. Method: the real actors with room for a few,
// over a store in memory.
#include "tests/actor/config_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

// Whether the tenant is awake, or woke up for this.
bool is_let_in(config_world& world, const std::string& tenant) {
  auto found = world.lookup("ada", tenant);
  CHECK((found.is == user_lookup::state::absent
         || found.why.code == errc::overloaded));
  return found.is == user_lookup::state::absent;
}

void ring(config_world& world) {
  REQUIRE(world.clock.ring_next());
  world.sys.drain();
}

} // namespace

TEST_CASE(
  "who is refused sends nobody to sleep that is used, and sets no alarm",
  "[directory]") {
  config_world world{0, {2}};
  REQUIRE(is_let_in(world, "a"));
  REQUIRE(is_let_in(world, "b"));
  auto loads = world.loads;
  for (int i = 0; i < 10; ++i)
    CHECK_FALSE(is_let_in(world, "new-" + std::to_string(i)));
  CHECK(world.clock.pending() == 1);
  CHECK(is_let_in(world, "a"));
  CHECK(is_let_in(world, "b"));
  CHECK(world.loads == loads);
  ring(world);
  CHECK(world.clock.pending() == 1);
}

TEST_CASE("a new tenant has the place of the one that is longest unused",
          "[directory]") {
  config_world world{0, {3}};
  for (auto each : {"a", "b", "c"})
    REQUIRE(is_let_in(world, each));
  ring(world);
  REQUIRE(is_let_in(world, "a"));
  auto loads = world.loads;
  CHECK_FALSE(is_let_in(world, "new"));
  CHECK(world.awake() == 2);
  CHECK(is_let_in(world, "new"));
  CHECK(is_let_in(world, "a"));
  CHECK(is_let_in(world, "c"));
  CHECK(world.loads == loads + 1);
  CHECK_FALSE(is_let_in(world, "b"));
  CHECK(world.clock.pending() == 1);
}

TEST_CASE("many that are refused at once send one to sleep", "[directory]") {
  config_world world{0, {3}};
  for (auto each : {"a", "b", "c"})
    REQUIRE(is_let_in(world, each));
  ring(world);
  auto asking = std::make_shared<const call_context>(call_context{
    {*tenant_id::parse("new"), *user_id::parse("ada"), *app_id::parse("x")},
    *turn_id::parse("t")});
  for (int i = 0; i < 10; ++i)
    caf::anon_send(world.directory, atom::lookup_v, asking);
  world.sys.drain();
  CHECK(world.awake() == 2);
}

} // namespace byollm
