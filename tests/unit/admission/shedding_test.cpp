// SPDX-License-Identifier: Apache-2.0
// Goal: every call that is not let in is counted, comes back at another time
// than its neighbours, and is in one of the ledger's rows, by itself or by
// number. Method: exact sums, with many threads.
#include "app/runtime/shedding.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

using namespace byollm;
using namespace std::chrono_literals;

using verdict = admission::verdict;

TEST_CASE("a call that is not let in is told why, and when to come back",
          "[shedding]") {
  shedding sheds;
  auto own = sheds.refuse(verdict::own_limit);
  CHECK(own.code == errc::overloaded);
  CHECK(own.retry_after);
  auto scarce = sheds.refuse(verdict::scarce);
  CHECK(scarce.code == errc::overloaded);
  CHECK(scarce.detail != own.detail);
  auto closed = sheds.refuse(verdict::closed);
  CHECK(closed.code == errc::stopping);
  CHECK(!closed.retry_after);
  CHECK(sheds.at_own_limit() == 1);
  CHECK(sheds.for_scarcity() == 1);
}

TEST_CASE("those who are refused together do not come back together",
          "[shedding]") {
  constexpr size_t many = 2'000;
  shedding sheds;
  // By tenths of a second.
  std::vector<size_t> come(20);
  std::vector<int64_t> times;
  for (size_t i = 0; i < many; ++i) {
    auto wait = *sheds.refuse(verdict::scarce).retry_after;
    REQUIRE(wait >= limits::shed_retry_min);
    REQUIRE(wait < limits::shed_retry_max);
    times.push_back(wait.count());
    ++come[static_cast<size_t>((wait - limits::shed_retry_min) / 100ms)];
  }
  for (auto in_one : come) {
    CHECK(in_one > many / 20 * 9 / 10);
    CHECK(in_one < many / 20 * 11 / 10);
  }
  for (size_t i = 1; i < many; ++i)
    REQUIRE(std::abs(times[i] - times[i - 1]) > 300);
}

TEST_CASE("one refused call a second has a row, which counts the others",
          "[shedding]") {
  admission::tenant one;
  shedding::time_point now{1h};
  CHECK(shedding::is_row_due(one, now));
  CHECK(shedding::take_row(one, now) == 0u);
  CHECK(!shedding::is_row_due(one, now));
  for (int i = 0; i < 3; ++i)
    CHECK(!shedding::take_row(one, now + 999ms));
  CHECK(shedding::is_row_due(one, now + 1s));
  CHECK(shedding::take_row(one, now + 1s) == 3u);
  CHECK(shedding::take_row(one, now + 2s) == 0u);
}

TEST_CASE("no refused call is lost between two rows", "[shedding]") {
  constexpr size_t threads_max = 8;
  constexpr size_t each = 10'000;
  admission::tenant one;
  std::atomic<uint64_t> rows = 0;
  std::atomic<uint64_t> told = 0;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < threads_max; ++i)
    threads.emplace_back([&] {
      shedding::time_point now{1h};
      for (size_t call = 0; call < each; ++call) {
        auto before = shedding::take_row(one, now + call * 50ms);
        rows += before.has_value();
        told += before.value_or(0);
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(rows > 0);
  CHECK(rows + told + one.untold == threads_max * each);
}
