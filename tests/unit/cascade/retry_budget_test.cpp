// SPDX-License-Identifier: Apache-2.0
// Goal: a tenant's retries in any ten seconds are as bounded as
// docs/adr/0032 says, whichever loops ask, and who sleeps is forgotten.
// Method: the budgets alone, at chosen times.
#include "actors/retry_window.hpp"
#include "app/runtime/retry_office.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace byollm {

namespace {

using namespace std::chrono_literals;

constexpr retry_budget::time_point start{1h};

// Returns how many of `wanted` retries there are.
template <class Budget>
uint32_t take(Budget& from, retry_budget::time_point now,
              uint32_t wanted = 1'000) {
  uint32_t granted = 0;
  for (uint32_t i = 0; i < wanted; ++i)
    granted += from.take(now) == retry_right::granted;
  return granted;
}

void call(retry_window& of, retry_budget::time_point now, int times) {
  for (int i = 0; i < times; ++i)
    of.called(now);
}

} // namespace

TEST_CASE("few calls may all be tried again, many in part", "[retries]") {
  retry_window budget;
  auto [calls, retries]
    = GENERATE(table<int, uint32_t>({{0, limits::retries_in_window_min},
                                     {1, limits::retries_in_window_min},
                                     {200, limits::retries_in_window_min},
                                     {210, 21},
                                     {1'000, 100}}));
  call(budget, start, calls);
  CHECK(take(budget, start) == retries);
}

TEST_CASE(
  "only the first who is denied in a while is told that it is the first",
  "[retries]") {
  retry_window budget;
  take(budget, start, limits::retries_in_window_min);
  CHECK(budget.take(start) == retry_right::denied_first);
  CHECK(budget.take(start + 1s) == retry_right::denied);
  take(budget, start + 20s, limits::retries_in_window_min);
  CHECK(budget.take(start + 20s) == retry_right::denied_first);
}

TEST_CASE("no ten seconds see more, wherever they begin", "[retries]") {
  retry_window budget;
  auto into_slot = GENERATE(0ms, 1ms, 500ms, 999ms);
  auto first = start + into_slot;
  REQUIRE(take(budget, first) == limits::retries_in_window_min);
  CHECK(take(budget, first + limits::retry_window - 1ms) == 0);
  CHECK(take(budget, first + limits::retry_window + 1s)
        == limits::retries_in_window_min);
}

TEST_CASE("retries come back as those before them pass", "[retries]") {
  retry_window budget;
  REQUIRE(take(budget, start, 15) == 15);
  REQUIRE(take(budget, start + 5s) == 5);
  CHECK(take(budget, start + 11s) == 15);
  CHECK(take(budget, start + 16s) == 5);
}

TEST_CASE("calls that have passed allow nothing any more", "[retries]") {
  retry_window budget;
  call(budget, start, 1'000);
  CHECK(take(budget, start + 5s, 50) == 50);
  CHECK(take(budget, start + 11s) == 0);
  CHECK(take(budget, start + 16s) == limits::retries_in_window_min);
}

TEST_CASE("loops that ask at the same time share one budget", "[retries]") {
  retry_office budgets;
  std::atomic<uint32_t> granted{0};
  std::vector<std::thread> loops;
  for (int i = 0; i < 4; ++i)
    loops.emplace_back(
      [&] { granted += take(*budgets.of("acme", start), start); });
  for (auto& each : loops)
    each.join();
  CHECK(granted == limits::retries_in_window_min);
  CHECK(take(*budgets.of("globex", start), start)
        == limits::retries_in_window_min);
}

TEST_CASE("tenants that sleep are forgotten, others are not", "[retries]") {
  retry_office budgets;
  auto open = budgets.of("has a turn open", start);
  take(*open, start);
  auto now = start;
  for (int i = 0; i < 20'000; ++i) {
    now += 10ms;
    // Always with a turn that is over.
    budgets.of("tenant-" + std::to_string(i), now)->called(now);
    if (i == 19'000)
      take(*budgets.of("called lately", now), now);
  }
  // Whoever called in the last eleven seconds, and as many again.
  CHECK(budgets.size() <= 2 * 1'101);
  CHECK(budgets.of("has a turn open", now) == open);
  CHECK(take(*budgets.of("called lately", now), now) == 0);
}

} // namespace byollm
