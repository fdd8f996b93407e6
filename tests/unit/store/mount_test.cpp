// SPDX-License-Identifier: Apache-2.0
// Goal: on a file system that is really full, or read-only, outcomes have their
// room, calls are refused, and all of it passes. Method: a small file system,
// mounted in a process of its own. Who may not mount sees these skipped.
#include "sample.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

constexpr int cannot_mount = 77;

bool mount_small(const scratch& at) {
  return ::unshare(CLONE_NEWNS) == 0
         && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
         && ::mount("none", at.path().c_str(), "tmpfs", 0, "size=16m") == 0;
}

// Takes every byte that is left.
void fill_up(const std::filesystem::path& file) {
  auto fd = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
  const std::vector<char> block(4'096, 'x');
  while (::write(fd, block.data(), block.size()) > 0) {
    // nop
  }
  ::close(fd);
}

// Returns the number of the step that went wrong; 0 is success.
int meet_full_disk(const scratch& directory) {
  constexpr int calls = 200;
  if (!mount_small(directory))
    return cannot_mount;
  store_options options;
  options.directory = directory / "data";
  options.reserve_bytes = 6u << 20;
  options.low_space_bytes = 256u << 10;
  auto opened = open_store(options, fingerprint_key());
  if (!opened)
    return 1;
  auto& store = **opened;
  std::vector<ledger_entry> intents;
  for (int i = 0; i < calls; ++i)
    intents.emplace_back(intent("call-" + std::to_string(i)));
  if (!append(store, intents) || !store.takes_intents())
    return 2;
  fill_up(directory / "filler");
  auto refused = append(store, {intent("late")});
  if (refused || refused.error().code != errc::audit_unavailable
      || refused.error().detail.find(options.directory) == std::string::npos)
    return 3;
  for (int i = 0; i < calls; ++i)
    if (!append(store, {outcome("call-" + std::to_string(i))}))
      return 4;
  if (store.health() || store.takes_intents()
      || std::filesystem::exists(options.directory / "byollm.ballast"))
    return 5;
  std::filesystem::remove(directory / "filler");
  // Nobody asks it to: it looks.
  while (!store.takes_intents())
    std::this_thread::yield();
  if (!append(store, {intent("late"), outcome("late")}))
    return 6;
  if (!std::filesystem::exists(options.directory / "byollm.ballast"))
    return 7;
  auto verdict = wait<expected<ledger_verdict>>(
    [&](auto done) { store.verify("", std::move(done)); });
  return verdict && verdict->intact && verdict->records == 2 * calls + 2 ? 0
                                                                         : 8;
}

// A disk that was full when the process died: recovery has the ballast too.
int recover_on_full_disk(const scratch& directory) {
  if (!mount_small(directory))
    return cannot_mount;
  store_options options;
  options.directory = directory / "data";
  options.reserve_bytes = 6u << 20;
  options.low_space_bytes = 256u << 10;
  {
    auto opened = open_store(options, fingerprint_key());
    if (!opened || !append(**opened, {intent("call-1"), intent("call-2")}))
      return 1;
  }
  fill_up(directory / "filler");
  auto opened = open_store(options, fingerprint_key());
  if (!opened)
    return 2;
  auto rows = list(**opened);
  if (!rows || rows->size() != 4 || value(rows->back(), "status") != "unknown")
    return 3;
  return (*opened)->takes_intents() ? 4 : 0;
}

int open_read_only(const scratch& directory) {
  if (!mount_small(directory))
    return cannot_mount;
  store_options options;
  options.directory = directory / "data";
  options.reserve_bytes = 0;
  if (!open_store(options, fingerprint_key()))
    return 1;
  if (::mount("none", directory.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY,
              "size=16m")
      != 0)
    return 2;
  auto opened = open_store(options, fingerprint_key());
  return !opened && opened.error().code == errc::store_unavailable ? 0 : 3;
}

void in_a_child(int (*work)(const scratch&)) {
  scratch directory;
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0)
    ::_exit(work(directory));
  int ended = 0;
  REQUIRE(::waitpid(child, &ended, 0) == child);
  REQUIRE(WIFEXITED(ended));
  // CTest knows these words.
  if (WEXITSTATUS(ended) == cannot_mount)
    WARN("not tested: no file system may be mounted here");
  else
    CHECK(WEXITSTATUS(ended) == 0);
}

} // namespace

TEST_CASE("a full file system takes outcomes, refuses calls, and recovers",
          "[.mount]") {
  in_a_child(meet_full_disk);
}

TEST_CASE("recovery has room on a full file system", "[.mount]") {
  in_a_child(recover_on_full_disk);
}

TEST_CASE("a read-only file system is refused", "[.mount]") {
  in_a_child(open_read_only);
}
