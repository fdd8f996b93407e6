// SPDX-License-Identifier: Apache-2.0
// Goal: so many reads are under way and no more, a crowd leaves room to others,
// and a place comes back once. Method: places taken and given back by hand.
#include "app/runtime/read_gate.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace byollm {

namespace {

std::vector<read_gate::place_ptr> take_all(read_gate& in, bool is_of_a_crowd) {
  std::vector<read_gate::place_ptr> taken;
  while (taken.size() <= limits::reads_max) {
    auto place = in.enter(is_of_a_crowd);
    if (!place) {
      CHECK(place.error().code == errc::overloaded);
      CHECK(place.error().retry_after == limits::busy_retry);
      break;
    }
    taken.push_back(*std::move(place));
  }
  return taken;
}

} // namespace

TEST_CASE("so many reads are under way, and no more") {
  read_gate gate;
  auto taken = take_all(gate, false);
  CHECK(taken.size() == limits::reads_max);
  CHECK_FALSE(gate.enter(true));
  taken.pop_back();
  CHECK(gate.enter(true));
  CHECK(gate.enter(false));
}

TEST_CASE("a crowd of readers leaves room to others") {
  read_gate gate;
  auto crowd = take_all(gate, true);
  CHECK(crowd.size() == limits::reads_of_pages_max);
  auto others = take_all(gate, false);
  CHECK(others.size() == limits::reads_max - limits::reads_of_pages_max);
  others.clear();
  CHECK_FALSE(gate.enter(true));
  crowd.pop_back();
  // Whom all places were taken from does not keep one of the crowd's.
  others = take_all(gate, false);
  CHECK_FALSE(gate.enter(true));
  CHECK_FALSE(gate.enter(true));
  others.clear();
  CHECK(gate.enter(true));
}

TEST_CASE("a read's place is given back once") {
  read_gate gate;
  auto taken = take_all(gate, true);
  taken.front()->give_back();
  taken.front()->give_back();
  auto one = gate.enter(true);
  CHECK(one);
  CHECK_FALSE(gate.enter(true));
  taken.front().reset();
  CHECK_FALSE(gate.enter(true));
}

} // namespace byollm
