// SPDX-License-Identifier: Apache-2.0
// Goal: when places are scarce, tenants that want more than there is get the
// same, and one that wants less than its share is let in. Method: tenants on
// virtual time, the same crowds at admission and at the two plain counters that
// were there before; without overload the test would say nothing, so that the
// counters are unfair to them is checked, too.
#include "tests/unit/admission/crowd.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr double fair = 0.95;
constexpr size_t many = 50;

crowd_result at_fair_door(const crowd& who) {
  return run(who, fair_door(small_house, many));
}

crowd_result at_plain_door(const crowd& who) {
  return run(who, plain_door(small_house, many));
}

} // namespace

TEST_CASE("who wants 99 % of the load leaves the others their places",
          "[fairness]") {
  auto got = at_fair_door(one_hot());
  CHECK(got.refused(1, many - 1) == 0);
  CHECK(got.tenants[0].refused > 0);
  // Nor are places left empty for nobody.
  CHECK(got.in_flight() > 0.75 * small_house.total);
  CHECK(at_plain_door(one_hot()).refused(1, many - 1) > 0);
}

TEST_CASE("who wants too much gets the same as the others who do",
          "[fairness]") {
  auto got = at_fair_door(ten_hot());
  CHECK(got.jain(0, 9) >= fair);
  CHECK(got.refused(10, many - 1) == 0);
  CHECK(got.in_flight() > 0.9 * small_house.total);
  auto plain = at_plain_door(ten_hot());
  CHECK(plain.jain(0, 9) < fair);
  CHECK(plain.refused(10, many - 1) > 0);
}

TEST_CASE("fifty tenants that all want too much get the same", "[fairness]") {
  CHECK(at_fair_door(all_hot()).jain(0, many - 1) >= fair);
  CHECK(at_plain_door(all_hot()).jain(0, many - 1) < fair);
}

// Calls may take minutes: a newcomer must not wait for those who came before.
TEST_CASE("newcomers find places although no call ends", "[fairness]") {
  constexpr place_rules house{limits::in_flight_per_tenant,
                              limits::in_flight_total};
  constexpr size_t newcomers = 64;
  constexpr uint32_t few = 4;
  auto door = fair_door(house, 200);
  std::vector<uint32_t> got;
  uint32_t all = 0;
  for (size_t i = 0; i < 200; ++i) {
    got.push_back(0);
    while (door.enter(i))
      ++got.back();
    all += got.back();
  }
  CHECK(all == house.total);
  CHECK(got[0] == house.per_tenant);
  for (size_t i = 0; i < newcomers; ++i)
    CHECK(got[i] >= few);
  // The first ones could fill the house alone.
  CHECK(house.per_tenant * newcomers > house.total);
}
