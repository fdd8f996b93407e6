// SPDX-License-Identifier: Apache-2.0
// Goal: 10,000 chat turns leave no actor, timer, descriptor or memory behind,
// and a runtime that has nothing to do uses no CPU.
// Method: workers run turn after turn against byollm-standin; then compare what
// there is with what as many turns at once need, not with how many there were.
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <latch>
#include <map>
#include <thread>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr size_t workers = 16;
constexpr int turns = 10'000;

// Some workers that run one turn after the other until none is left.
class crowd {
public:
  crowd(const runtime& rt, int wanted) : rt_(rt), left_(wanted) {
    for (size_t i = 0; i < workers; ++i)
      next();
    ended_.wait();
  }

  int failed() const {
    return failed_;
  }

private:
  void next() {
    if (left_.fetch_sub(1) <= 0)
      return ended_.count_down();
    rt_.open_turn({.tenant = "acme", .user = "ada", .extension = "notes"})
      .then([this](expected<context> opened) {
        if (!opened)
          return done(false);
        opened->llm().create_message(
          say("hello"),
          [this](expected<message_reply> reply) { done(bool{reply}); });
      });
  }

  void done(bool good) {
    if (!good)
      ++failed_;
    next();
  }

  const runtime& rt_;
  std::atomic<int> left_;
  std::atomic<int> failed_{0};
  std::latch ended_{workers};
};

size_t heap_in_use() {
  auto now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

std::chrono::microseconds cpu_used() {
  rusage now{};
  getrusage(RUSAGE_SELF, &now);
  return std::chrono::seconds{now.ru_utime.tv_sec + now.ru_stime.tv_sec}
         + std::chrono::microseconds{now.ru_utime.tv_usec
                                     + now.ru_stime.tv_usec};
}

// How often each thread but the caller's has gone to sleep so far.
std::map<std::string, uint64_t> sleeps_of_threads() {
  namespace fs = std::filesystem;
  std::map<std::string, uint64_t> result;
  for (const auto& task : fs::directory_iterator{"/proc/self/task"}) {
    if (task.path().filename() == std::to_string(getpid()))
      continue;
    std::ifstream file{task.path() / "status"};
    for (std::string word; file >> word;)
      if (word == "voluntary_ctxt_switches:")
        file >> result[task.path().filename().string()];
  }
  return result;
}

// Measures for so long, which is no wait for something. Each thread may fall
// asleep once: it may have been on its way to bed when the count began.
bool all_sleep_for(std::chrono::seconds window) {
  auto sleeps = sleeps_of_threads();
  auto before = cpu_used();
  std::this_thread::sleep_for(window);
  auto used = cpu_used() - before;
  return used < std::chrono::milliseconds{2}
         && std::ranges::all_of(sleeps_of_threads(), [&](const auto& now) {
              return now.second <= sleeps[now.first] + 1;
            });
}

} // namespace

TEST_CASE("ten thousand turns leave nothing behind") {
  scratch_directory scratch;
  auto threads = thread_count();
  auto descriptors = descriptor_count();
  auto rt = start({.data_directory = scratch.path() / "data", .loops = 2});
  settle_ada(*rt);
  auto idle_actors = rt->stats().actors;
  auto idle_descriptors = descriptor_count();
  CHECK(crowd{*rt, turns / 2}.failed() == 0);
  auto heap = heap_in_use();
  CHECK(crowd{*rt, turns / 2}.failed() == 0);
  // What the second half left in memory, timers included: no object a turn.
  CHECK(heap_in_use() < heap + turns / 2 * 40);
  CHECK(rt->stats().in_flight == 0);
  // A worker opens its next turn before its last one is given back, and each
  // loop has a provider and keeps a connection for each call at once.
  CHECK(rt->stats().actors <= idle_actors + 2 * workers + 2);
  CHECK(descriptor_count() <= idle_descriptors + 2 * workers);
  auto verdict = rt->admin().ledger_verify().get();
  REQUIRE(verdict);
  CHECK(verdict->intact);
  CHECK(verdict->records >= 2u * turns);
  REQUIRE(rt->stop(std::chrono::seconds{30}));
  CHECK(rt->stats().actors == 0);
  rt.reset();
  eventually([&] { return thread_count() == threads; });
  CHECK(descriptor_count() == descriptors);
}

TEST_CASE("an idle runtime sleeps") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data",
                   .loops = 2,
                   .owner_socket = true});
  settle_ada(*rt);
  CHECK(crowd{*rt, 100}.failed() == 0);
  REQUIRE(rt->admin().ledger_verify().get());
  // What ticks does so in each window. What the machine does to a thread, such
  // as a page that comes from the disk, does not.
  auto is_asleep = false;
  for (int window = 0; window < 3 && !is_asleep; ++window)
    is_asleep = all_sleep_for(std::chrono::seconds{2});
  CHECK(is_asleep);
}
