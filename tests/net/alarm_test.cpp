// SPDX-License-Identifier: Apache-2.0
// Goal: alarms ring once, in order, not after they are cancelled, and an idle
// loop has no timer. Method: the heap by plain calls against a sorted list; the
// loop's clock with alarms that are due at once.
#include "providers/net/alarm_heap.hpp"
#include "providers/net/loop_alarm.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace byollm;
using namespace std::chrono_literals;

namespace {

using time_point = alarm_clock::time_point;

constexpr time_point start = time_point{} + 1h;

} // namespace

TEST_CASE("alarms ring in the order of their times", "[alarm]") {
  net::alarm_heap alarms;
  std::vector<int> rung;
  auto add = [&](int name, std::chrono::milliseconds at) {
    return alarms.push(start + at, [&rung, name] { rung.push_back(name); });
  };
  add(3, 30ms);
  add(1, 10ms);
  auto dropped = add(2, 20ms);
  add(4, 30ms);
  CHECK(alarms.next() == start + 10ms);
  alarms.erase(dropped);
  alarms.erase(dropped);
  alarms.erase(0);
  alarms.erase(12'345);
  alarms.ring_due(start + 9ms);
  CHECK(rung.empty());
  alarms.ring_due(start + 30ms);
  CHECK(rung == std::vector{1, 3, 4});
  CHECK(alarms.empty());
}

TEST_CASE("the id of a rung alarm cancels no later one", "[alarm]") {
  net::alarm_heap alarms;
  int rung = 0;
  auto first = alarms.push(start, [&] { ++rung; });
  alarms.ring_due(start);
  alarms.push(start, [&] { ++rung; });
  alarms.erase(first);
  alarms.ring_due(start);
  CHECK(rung == 2);
}

TEST_CASE("an alarm may set and cancel others while it rings", "[alarm]") {
  net::alarm_heap alarms;
  std::vector<int> rung;
  alarm_clock::alarm_id victim = 0;
  alarms.push(start, [&] {
    rung.push_back(1);
    alarms.erase(victim);
    alarms.push(start, [&] { rung.push_back(3); });
  });
  victim = alarms.push(start, [&] { rung.push_back(2); });
  alarms.ring_due(start);
  CHECK(rung == std::vector{1, 3});
}

TEST_CASE("an alarm that sets itself does not spin", "[alarm]") {
  net::alarm_heap alarms;
  int rung = 0;
  std::function<void()> again = [&] {
    ++rung;
    alarms.push(start, again);
  };
  alarms.push(start, again);
  alarms.ring_due(start);
  CHECK(rung == 1);
}

TEST_CASE("the heap agrees with a sorted list", "[alarm]") {
  std::mt19937 dice{Catch::rngSeed()};
  net::alarm_heap alarms;
  std::map<std::pair<time_point, uint64_t>, uint64_t> model;
  std::map<uint64_t, std::pair<std::pair<time_point, uint64_t>, uint64_t>>
    known;
  std::vector<uint64_t> rung;
  auto now = start;
  for (uint64_t name = 0; name < 5'000; ++name) {
    auto when = now + std::chrono::milliseconds{dice() % 100};
    auto id = alarms.push(when, [&rung, name] { rung.push_back(name); });
    model[{when, name}] = name;
    known[name] = {{when, name}, id};
    if (dice() % 2 == 0) {
      auto& [key, old] = known[dice() % (name + 1)];
      alarms.erase(old);
      model.erase(key);
    }
    if (dice() % 8 == 0) {
      now += std::chrono::milliseconds{dice() % 10};
      std::vector<uint64_t> due;
      while (!model.empty() && model.begin()->first.first <= now) {
        due.push_back(model.begin()->second);
        model.erase(model.begin());
      }
      rung.clear();
      alarms.ring_due(now);
      REQUIRE(rung == due);
    }
    REQUIRE(alarms.size() == model.size());
  }
}

TEST_CASE("the loop rings what is due, never from inside", "[alarm]") {
  boost::asio::io_context loop;
  loop_alarm alarms{loop};
  std::vector<int> rung;
  alarms.set(alarms.now() + 1ms, [&] { rung.push_back(2); });
  alarms.set(alarms.now(), [&] { rung.push_back(1); });
  auto dropped = alarms.set(alarms.now(), [&] { rung.push_back(0); });
  alarms.cancel(dropped);
  CHECK(rung.empty());
  // Returns when no timer is left, so at the end there is none.
  loop.run();
  CHECK(rung == std::vector{1, 2});
  CHECK_FALSE(alarms.is_armed());
}

TEST_CASE("a loop whose alarms were cancelled comes to rest", "[alarm]") {
  boost::asio::io_context loop;
  loop_alarm alarms{loop};
  auto id = alarms.set(alarms.now() + 1h, [] { FAIL("it was cancelled"); });
  alarms.cancel(id);
  loop.run();
  CHECK_FALSE(alarms.is_armed());
}

TEST_CASE("alarms that die with their clock do not ring", "[alarm]") {
  boost::asio::io_context loop;
  auto alarms = std::make_unique<loop_alarm>(loop);
  alarms->set(alarms->now(), [] { FAIL("its clock is gone"); });
  alarms.reset();
  loop.run();
}
