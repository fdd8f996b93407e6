// SPDX-License-Identifier: Apache-2.0
// Goal: no more calls are in flight than may be, of one tenant or in all, and
// every place comes back. Method: exact counts, also with many threads at the
// door at once.
#include "app/runtime/admission.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace byollm;

using verdict = admission::verdict;
using places = std::vector<admission::place>;

namespace {

constexpr size_t threads_max = 8;

std::shared_ptr<admission> gate_of(uint32_t per_tenant, uint32_t total) {
  return std::make_shared<admission>(place_rules{per_tenant, total});
}

/// Takes places until there are none.
places take_all(const std::shared_ptr<admission>& gate,
                const admission::tenant_ptr& whose) {
  places taken;
  while (gate->enter(*whose) == verdict::in)
    taken.emplace_back(gate, whose);
  return taken;
}

template <class Work>
void at_once(Work work) {
  std::vector<std::thread> all;
  for (size_t i = 0; i < threads_max; ++i)
    all.emplace_back([i, &work] { work(i); });
  for (auto& each : all)
    each.join();
}

/// The halves of `enter`, so that others can come between them.
class halves : public admission {
public:
  using admission::admission;
  using admission::reserve;
  using admission::settle;
};

} // namespace

TEST_CASE("a share is what the arithmetic says", "[admission]") {
  constexpr place_rules rules{256, 4'096};
  CHECK(rules.share_at(0) == 256);
  // 256 are kept; four times what is free beside them is a share.
  CHECK(rules.share_at(4'096 - 256 - 64) == 256);
  CHECK(rules.share_at(4'096 - 256 - 63) == 252);
  CHECK(rules.share_at(4'096 - 256 - 1) == 4);
  // Of the rest, 4 each.
  CHECK(rules.share_at(4'096 - 256) == 4);
  CHECK(rules.share_at(4'095) == 4);
  CHECK(rules.share_at(4'096) == 0);
  CHECK(rules.share_at(5'000) == 0);
  CHECK(place_rules{1, 1}.share_at(0) == 1);
  CHECK(place_rules{2, 4'096}.share_at(4'000) == 2);
  // Nothing overflows.
  CHECK(place_rules{UINT32_MAX, UINT32_MAX}.share_at(0) == UINT32_MAX);
}

TEST_CASE("a tenant has no more than any tenant may", "[admission]") {
  auto gate = gate_of(5, 100);
  auto one = gate->counter("one");
  auto taken = take_all(gate, one);
  CHECK(taken.size() == 5);
  CHECK(gate->enter(*one) == verdict::own_limit);
  auto other = gate->counter("other");
  CHECK(take_all(gate, other).size() == 5);
  taken.pop_back();
  CHECK(gate->enter(*one) == verdict::in);
  taken.emplace_back(gate, one);
  CHECK(gate->in_flight() == 5);
  taken.clear();
  CHECK(gate->in_flight() == 0);
}

TEST_CASE("nobody has more than there is, whoever comes at once",
          "[admission]") {
  // Many tenants with few each fill the house to its last place.
  auto gate = gate_of(256, 640);
  std::vector<places> taken(threads_max);
  std::atomic<size_t> scarce = 0;
  at_once([&](size_t thread) {
    for (size_t i = 0; i < 200; ++i) {
      auto whose = gate->counter(std::to_string(thread * 1'000 + i));
      if (gate->enter(*whose) == verdict::in)
        taken[thread].emplace_back(gate, whose);
      else
        ++scarce;
    }
  });
  size_t all = 0;
  for (const auto& each : taken)
    all += each.size();
  CHECK(all == 640);
  CHECK(scarce == threads_max * 200 - 640);
  CHECK(gate->in_flight() == 640);
  taken.clear();
  CHECK(gate->in_flight() == 0);
}

// A share, not a bound: a call between its two counts is not in the sum yet, so
// each other thread may pass the share by one.
TEST_CASE("one tenant's threads together get what one would", "[admission]") {
  auto alone = gate_of(1'000'000, 4'096);
  auto expected = take_all(alone, alone->counter("one")).size();
  CHECK(expected == 3'072); // 4 * (4,096 - 256 - 3,072)
  auto gate = gate_of(1'000'000, 4'096);
  auto one = gate->counter("one");
  std::vector<places> taken(threads_max);
  at_once([&](size_t thread) { taken[thread] = take_all(gate, one); });
  size_t all = 0;
  for (const auto& each : taken)
    all += each.size();
  CHECK(all >= expected);
  CHECK(all < expected + threads_max);
  CHECK(one->in_flight == all);
}

TEST_CASE("places that come and go are never too many", "[admission]") {
  constexpr uint32_t own = 7;
  constexpr uint32_t total = 24;
  auto gate = gate_of(own, total);
  std::array<std::atomic<uint32_t>, 4> now{};
  std::atomic<uint32_t> all = 0;
  std::atomic<bool> is_over = false;
  at_once([&](size_t thread) {
    for (size_t i = 0; i < 20'000; ++i) {
      auto tenant = (thread + i) % now.size();
      auto whose = gate->counter(std::to_string(tenant));
      if (gate->enter(*whose) != verdict::in)
        continue;
      admission::place held{gate, whose};
      if (++now[tenant] > own || ++all > total)
        is_over = true;
      --now[tenant];
      --all;
    }
  });
  CHECK(!is_over);
  CHECK(gate->in_flight() == 0);
  for (size_t i = 0; i < now.size(); ++i)
    CHECK(gate->counter(std::to_string(i))->in_flight == 0);
}

TEST_CASE("of two who want the last place one has it", "[admission]") {
  auto gate = std::make_shared<halves>(place_rules{5, 1});
  auto one = gate->counter("one");
  auto other = gate->counter("other");
  uint32_t own = 0;
  uint32_t taken = 0;
  REQUIRE(gate->reserve(*one, own, taken) == verdict::in);
  REQUIRE(gate->enter(*other) == verdict::in);
  admission::place held{gate, other};
  CHECK(gate->settle(*one, own, taken) == verdict::scarce);
  // Who was refused left no trace.
  CHECK(one->in_flight == 0);
  CHECK(other->in_flight == 1);
  CHECK(gate->in_flight() == 1);
}

TEST_CASE("nobody comes in behind who closed and saw nobody", "[admission]") {
  halves gate{place_rules{5, 5}};
  auto one = gate.counter("one");
  uint32_t own = 0;
  uint32_t taken = 0;
  REQUIRE(gate.reserve(*one, own, taken) == verdict::in);
  gate.close();
  REQUIRE(gate.wait_empty({}));
  CHECK(gate.settle(*one, own, taken) == verdict::closed);
  CHECK(one->in_flight == 0);
  CHECK(gate.in_flight() == 0);
}

TEST_CASE("what is looked at is what is judged", "[admission]") {
  auto gate = gate_of(5, 8);
  CHECK(gate->look("one").first == verdict::in);
  CHECK(gate->size() == 0);
  auto one = gate->counter("one");
  auto taken = take_all(gate, one);
  CHECK(taken.size() == 5);
  auto [how, whose] = gate->look("one");
  CHECK(how == verdict::own_limit);
  CHECK(whose == one);
  // Looking took nothing.
  CHECK(one->in_flight == 5);
  CHECK(gate->look("other").first == verdict::in);
  auto other = take_all(gate, gate->counter("other"));
  CHECK(gate->in_flight() == 8);
  CHECK(gate->look("third").first == verdict::scarce);
  CHECK(gate->enter(*gate->counter("third")) == verdict::scarce);
}

TEST_CASE("a closed gate lets nobody in and is empty in the end",
          "[admission]") {
  auto gate = gate_of(1'000, 1'000);
  std::atomic<size_t> refused = 0;
  std::thread closing{[&] {
    while (gate->in_flight() == 0)
      std::this_thread::yield();
    gate->close();
    auto patience = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    CHECK(gate->wait_empty(patience));
    // Nobody came in behind that look.
    CHECK(gate->in_flight() == 0);
  }};
  at_once([&](size_t) {
    auto one = gate->counter("one");
    for (;;) {
      auto how = gate->enter(*one);
      if (how == verdict::closed)
        break;
      if (how == verdict::in)
        admission::place held{gate, one};
    }
    ++refused;
  });
  closing.join();
  CHECK(refused == threads_max);
  CHECK(gate->in_flight() == 0);
  CHECK(gate->look("one").first == verdict::closed);
}

TEST_CASE("tenants without a turn are forgotten", "[admission]") {
  auto gate = gate_of(5, 100);
  auto held = gate->counter("held");
  places place;
  place.emplace_back(gate, gate->counter("busy"));
  CHECK(gate->enter(*gate->counter("busy")) == verdict::in);
  for (size_t i = 0; i < 5'000; ++i)
    gate->counter(std::to_string(i));
  CHECK(gate->size() < 1'100);
  CHECK(gate->counter("held") == held);
  CHECK(gate->counter("busy")->in_flight == 1);
}
