// SPDX-License-Identifier: Apache-2.0
// Goal: a sign of life is given when every loop gave one, and by none that
// hangs. Method: loops that the test runs, or does not.
#include "app/daemon/heartbeat.hpp"

#include <catch2/catch.hpp>

namespace byollm::daemon {

namespace {

struct world {
  void run(size_t loop) {
    for (auto& task : std::exchange(waiting[loop], {}))
      task();
  }

  std::vector<std::vector<std::function<void()>>> waiting
    = std::vector<std::vector<std::function<void()>>>(2);
  heartbeat heart{2, [this](size_t loop, std::function<void()> task) {
                    waiting[loop].push_back(std::move(task));
                  }};
};

} // namespace

TEST_CASE("one loop that hangs is no life", "[daemon]") {
  world all;
  CHECK(all.heart.beat());
  all.run(0);
  CHECK_FALSE(all.heart.beat());
  CHECK(all.heart.silent() == std::vector<size_t>{1});
  all.run(0);
  CHECK_FALSE(all.heart.beat());
  all.run(1);
  CHECK(all.heart.silent().empty());
  CHECK(all.heart.beat());
  CHECK_FALSE(all.heart.beat());
}

TEST_CASE("a loop that hangs is asked once", "[daemon]") {
  world all;
  for (int i = 0; i < 5; ++i)
    all.heart.beat();
  CHECK(all.waiting[0].size() == 1);
}

TEST_CASE("a loop may answer when nobody listens any more", "[daemon]") {
  world all;
  std::vector<std::function<void()>> late;
  {
    heartbeat gone{1, [&](size_t, std::function<void()> task) {
                     late.push_back(std::move(task));
                   }};
    gone.beat();
  }
  REQUIRE(late.size() == 1);
  late[0]();
}

} // namespace byollm::daemon
