// SPDX-License-Identifier: Apache-2.0
// Goal: when the power goes, every acknowledged record is there, whole, and the
// ledger verifies. `kill -9` cannot show that: the kernel still has what was
// never synced. Method: a disk in memory that loses what was not synced, all of
// it or any 512 bytes, at a random operation. 50 cuts; 500 with BYOLLM_LONG=1.
#include "sample.hpp"
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <random>

using namespace byollm;
using namespace byollm::sample;

namespace {

/// Appends until the power is off, past a checkpoint that empties the log and
/// some that start it again.
uint64_t work_until_cut(const std::filesystem::path& directory) {
  store_options options;
  options.directory = directory;
  options.vfs = volatile_disk::name;
  options.reserve_bytes = 0;
  auto opened = try_open(options);
  if (!opened)
    return 0;
  auto& store = **opened;
  uint64_t acknowledged = 0;
  for (int i = 0; i < 20; ++i) {
    auto call = "call-" + std::to_string(i);
    std::vector<ledger_entry> large(500, change());
    auto last = append(store, std::move(large));
    auto begun = append(store, {intent(call)});
    auto ended = append(store, {outcome(call), intent(call, 2)});
    if (i == 5)
      static_cast<void>(wait<status>([&](auto done) {
        store.remove_user("acme", "ada", change(), std::move(done));
      }));
    if (last)
      acknowledged = *last + 499;
    if (begun)
      acknowledged = *begun;
    if (!ended)
      break;
    acknowledged = *ended + 1;
  }
  return acknowledged;
}

uint64_t count_operations() {
  scratch directory;
  volatile_disk disk;
  REQUIRE(work_until_cut(directory.path()) > 0);
  return disk.operations();
}

} // namespace

TEST_CASE("a power cut loses nothing that was acknowledged", "[power]") {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  auto operations = count_operations();
  REQUIRE(operations > 1'000);
  int cuts = std::getenv("BYOLLM_LONG") ? 500 : 50;
  uint64_t acknowledged_in_all = 0;
  for (int cut = 0; cut < cuts; ++cut) {
    scratch directory;
    uint64_t acknowledged = 0;
    {
      volatile_disk disk;
      disk.cut_at(1 + random() % operations);
      acknowledged = work_until_cut(directory.path());
      // All lost, all kept, or some of it.
      auto kept = cut % 2 == 0 ? 0 : random() % 101;
      disk.restore(
        directory.path(), kept == 0 ? std::function<bool()>{}
                                    : [&] { return random() % 100 < kept; });
    }
    acknowledged_in_all += acknowledged;
    INFO("cut " << cut << ", acknowledged " << acknowledged);
    auto store = open(directory.path());
    auto verdict = verify(*store);
    INFO(verdict.problem);
    REQUIRE(verdict.intact);
    REQUIRE(verdict.records >= acknowledged);
  }
  WARN(cuts << " cuts, " << acknowledged_in_all
            << " records acknowledged before them, none missing");
}
