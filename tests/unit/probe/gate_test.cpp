// SPDX-License-Identifier: Apache-2.0
// Goal: nobody tests without end, and who must wait is told how long. Method:
// the gate, at moments that the test names.
#include "app/runtime/test_gate.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

using namespace std::chrono_literals;

constexpr test_gate::time_point start{24h};

} // namespace

TEST_CASE("a window has so many tests and no more", "[probe]") {
  test_gate gate;
  for (uint32_t i = 0; i < limits::llm_tests_max; ++i)
    CHECK(gate.enter("acme/ada", start + i * 1s));
  auto later = start + limits::llm_test_window - 1ms;
  auto refused = gate.enter("acme/ada", later);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::limit_exceeded);
  CHECK(refused.error().parameter == "llm_tests_max");
  REQUIRE(refused.error().retry_after);
  CHECK(*refused.error().retry_after == 1ms);
  // Who waits as long as told gets in; a refusal costs nothing.
  CHECK(gate.enter("acme/ada", later + *refused.error().retry_after));
}

TEST_CASE("one's tests are not another's", "[probe]") {
  test_gate gate;
  for (uint32_t i = 0; i < limits::llm_tests_max; ++i)
    REQUIRE(gate.enter("acme/ada", start));
  CHECK_FALSE(gate.enter("acme/ada", start));
  CHECK(gate.enter("acme/bob", start));
  CHECK(gate.enter("other/ada", start));
}

TEST_CASE("the gate remembers a bounded number of users", "[probe]") {
  test_gate gate;
  for (size_t i = 0; i < limits::llm_test_users_max; ++i)
    REQUIRE(gate.enter("t/" + std::to_string(i), start));
  auto full = gate.enter("t/one-more", start);
  REQUIRE_FALSE(full);
  CHECK(full.error().retry_after);
  CHECK(gate.enter("t/one-more", start + limits::llm_test_window));
}

} // namespace byollm
