// SPDX-License-Identifier: Apache-2.0
// byollm-fairness: how admission shares places between tenants, beside two
// plain counters, on virtual time. The figures of docs/adr/0040.
#include "tests/unit/admission/crowd.hpp"

#include <cstdio>

namespace {

using namespace byollm;
using namespace byollm::test;

void show(const char* way, const crowd_result& got, size_t hot) {
  auto last = got.tenants.size() - 1;
  uint64_t wanted = 0;
  for (auto i = hot; i <= last; ++i)
    wanted += got.tenants[i].wanted;
  std::printf("  %-8s Jain of the hot %.3f, places used %3.0f %%", way,
              got.jain(0, hot - 1), 100 * got.in_flight() / small_house.total);
  if (hot <= last)
    std::printf(", cold calls refused %llu of %llu",
                static_cast<unsigned long long>(got.refused(hot, last)),
                static_cast<unsigned long long>(wanted));
  std::printf("\n");
}

void compare(const char* name, const crowd& who, size_t hot) {
  auto many = who.rates.size();
  std::printf("%s\n", name);
  show("plain", run(who, plain_door(small_house, many)), hot);
  show("shares", run(who, fair_door(small_house, many)), hot);
}

/// How many places the tenants get that come one after the other and never
/// leave.
void show_newcomers(const char* way, const doorkeeper& at) {
  std::printf("  %-8s", way);
  for (size_t i = 0; i < 100; ++i) {
    auto got = 0;
    while (at.enter(i))
      ++got;
    if (i < 3 || (i + 1) % 10 == 0)
      std::printf(" %zu:%d", i + 1, got);
  }
  std::printf("\n");
}

} // namespace

int main() {
  compare("one of 50 wants 99 %", one_hot(), 1);
  compare("10 of 50 want too much, up to 19 times more than the next",
          ten_hot(), 10);
  compare("all 50 want too much, up to 10 times more than the next", all_hot(),
          50);
  std::printf("places of the nth tenant, with no end of a call\n");
  constexpr place_rules house{256, 4'096};
  show_newcomers("plain", plain_door(house, 100));
  show_newcomers("shares", fair_door(house, 100));
}
