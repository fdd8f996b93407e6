// SPDX-License-Identifier: Apache-2.0
// Goal: a loop lends so many turns, and no more; what comes back is lent again.
// Method: a desk with few turns.
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

struct lent_turn {
  turn_actor to;
  uint64_t generation = 0;
};

// Keeps what is lent, which the world would end with the next.
lent_turn open(turn_world& world) {
  world.turn = nullptr;
  world.open();
  return {std::exchange(world.turn, nullptr), world.generation};
}

void close(const lent_turn& which) {
  caf::anon_send(which.to, atom::end_turn_v, which.generation);
}

} // namespace

TEST_CASE("a desk lends so many turns, and says when there are no more",
          "[desk]") {
  turn_world world;
  world.turns_max = 2;
  world.start();
  auto first = open(world);
  auto second = open(world);
  REQUIRE(first.to);
  REQUIRE(second.to);
  CHECK_FALSE(open(world).to);
  CHECK(world.pinned->nobody.code == errc::overloaded);
  close(first);
  world.sys.drain();
  CHECK(open(world).to == first.to);
  CHECK_FALSE(open(world).to);
}

TEST_CASE("turns that nobody keeps free make room, too", "[desk]") {
  turn_world world;
  world.turns_max = limits::turns_free_max + 10;
  world.start();
  for (int round = 0; round < 2; ++round) {
    std::vector<lent_turn> all;
    for (size_t i = 0; i < world.turns_max; ++i)
      REQUIRE(all.emplace_back(open(world)).to);
    CHECK_FALSE(open(world).to);
    for (const auto& each : all)
      close(each);
    world.sys.drain();
  }
}

} // namespace byollm
