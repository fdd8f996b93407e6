// SPDX-License-Identifier: Apache-2.0
// Goal: time goes on whatever the wall clock is set to. Method: the clock over
// two that the test moves.
#include "messages/forward_clock.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

struct world {
  int64_t wall = 1'000'000;
  int64_t elapsed = 50;
  forward_clock clock{[this] { return wall; }, [this] { return elapsed; }};

  int64_t after(int64_t ms) {
    wall += ms;
    elapsed += ms;
    return clock.unix_ms();
  }
};

} // namespace

TEST_CASE("a clock that nobody sets is the wall clock", "[time]") {
  world w;
  CHECK(w.after(0) == 1'000'000);
  CHECK(w.after(5) == 1'000'005);
  CHECK(w.after(0) == 1'000'005);
}

TEST_CASE("a clock that is set back goes on from where it was", "[time]") {
  world w;
  CHECK(w.after(0) == 1'000'000);
  w.wall -= 3'600;
  CHECK(w.after(0) == 1'000'000);
  CHECK(w.after(10) == 1'000'010);
  w.wall -= 3'600;
  CHECK(w.after(10) == 1'000'020);
  // Time that nobody looked at is not lost by it.
  w.elapsed += 5'000;
  w.wall += 1'000;
  CHECK(w.after(0) == 1'005'020);
}

TEST_CASE("a clock that is set on is followed, and met again", "[time]") {
  world w;
  CHECK(w.after(0) == 1'000'000);
  w.wall += 3'600;
  CHECK(w.after(0) == 1'003'600);
  w.wall -= 3'600;
  CHECK(w.after(100) == 1'003'700);
  // Back and on again adds nothing up.
  w.wall += 3'600;
  CHECK(w.after(0) == 1'003'700);
  CHECK(w.after(1) == w.wall);
}

TEST_CASE("the clock of this process does not go back", "[time]") {
  auto before = unix_ms_forward();
  for (int i = 0; i < 1'000; ++i) {
    auto now = unix_ms_forward();
    CHECK(now >= before);
    before = now;
  }
}

} // namespace byollm
