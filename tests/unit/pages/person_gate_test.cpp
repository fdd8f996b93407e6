// SPDX-License-Identifier: Apache-2.0
// Goal: whoever asks for too much at once waits for themselves, and nobody else
// does. Method: places taken and let go of.
#include "app/pages/person_gate.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace byollm::pages {

namespace {

const login_identity ada{false, "acme", "ada", {}};

std::vector<person_gate::place_ptr> take_all(person_gate& in,
                                             const login_identity& who) {
  std::vector<person_gate::place_ptr> taken;
  for (size_t i = 0; i < limits::operations_per_person_max; ++i) {
    auto place = in.enter(who);
    REQUIRE(place);
    // By this a route knows that a page asks.
    REQUIRE(*place);
    taken.push_back(*std::move(place));
  }
  return taken;
}

} // namespace

TEST_CASE("a person has so many requests under way, and no more", "[pages]") {
  person_gate gate;
  auto taken = take_all(gate, ada);
  auto refused = gate.enter(ada);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  CHECK(refused.error().retry_after == limits::busy_retry);
  taken.pop_back();
  taken.push_back(*gate.enter(ada));
  CHECK_FALSE(gate.enter(ada));
}

TEST_CASE("what a person has under way keeps nobody else out", "[pages]") {
  person_gate gate;
  auto taken = take_all(gate, ada);
  for (const auto& other :
       {login_identity{false, "acme", "bob", {}},
        login_identity{false, "umbrella", "ada", {}},
        login_identity{true, {}, {}, "ada"}, login_identity{true, {}, {}, {}}})
    CHECK(gate.enter(other));
  CHECK(gate.size() == 1);
}

TEST_CASE("nobody who has nothing under way is remembered", "[pages]") {
  person_gate gate;
  {
    auto taken = take_all(gate, ada);
    CHECK(gate.size() == 1);
  }
  CHECK(gate.size() == 0);
  // Who left late finds nothing that is gone.
  auto last = gate.enter(ada);
  gate = {};
  last = failure{};
  CHECK(gate.size() == 0);
}

} // namespace byollm::pages
