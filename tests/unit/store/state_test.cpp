// SPDX-License-Identifier: Apache-2.0
// Goal: a store that cannot do its work says which way, refuses what it must,
// and recovers by itself where it can. Method: files that are taken away, a
// foreign lock, a small file system that is full.
#include "sample.hpp"
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

// -- a small file system, in a process of its own -----------------------------

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
  spin_until([&] { return bool{store.takes_intents()}; });
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
  if (WEXITSTATUS(ended) == cannot_mount)
    WARN("not tested: no file system may be mounted here");
  else
    CHECK(WEXITSTATUS(ended) == 0);
}

// -- files that are taken away ------------------------------------------------

void replace(const std::filesystem::path& file) {
  auto copy = file.string() + ".copy";
  std::filesystem::copy_file(file, copy);
  std::filesystem::rename(copy, file);
}

} // namespace

TEST_CASE("a store counts what it holds", "[state]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(append(*store, {intent("call-1"), intent("call-2")}));
  CHECK(store->counts().open_intents == 2);
  REQUIRE(append(*store, {outcome("call-2")}));
  auto counts = store->counts();
  CHECK(counts.records == 3);
  CHECK(counts.open_intents == 1);
  CHECK(counts.free_bytes > 0);
}

TEST_CASE("an anchor that fails while the store sleeps is told", "[state]") {
  scratch directory, elsewhere;
  auto options = store_options{.directory = directory.path()};
  options.anchors.file = elsewhere / "volume" / "anchors";
  std::filesystem::create_directory(elsewhere / "volume");
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  CHECK(store.seals().places == 1);
  CHECK(store.seals().newest.empty());
  CHECK(store.seals().anchors);
  std::filesystem::remove(elsewhere / "volume");
  REQUIRE(append(store, {change()}));
  auto sealed
    = wait<expected<uint64_t>>([&](auto done) { store.seal(std::move(done)); });
  REQUIRE(sealed);
  spin_until([&] { return !store.seals().anchors; });
  spin_until([&] { return store.seals().signed_records == 1; });
  CHECK(store.seals().newest.find("\n1\n") != std::string::npos);
}

TEST_CASE("files that are taken away close the store", "[state]") {
  scratch directory;
  auto file = directory / "byollm.db";
  auto log = directory / "byollm.db-wal";
  auto store = open(directory.path());
  REQUIRE(append(*store, {change()}));
  SECTION("the database renamed") {
    std::filesystem::rename(file, directory / "elsewhere");
  }
  SECTION("the database removed") {
    std::filesystem::remove(file);
  }
  SECTION("the database replaced") {
    replace(file);
  }
  SECTION("the log removed") {
    std::filesystem::remove(log);
  }
  SECTION("the log replaced") {
    replace(log);
  }
  for (int i = 0; i < 2; ++i) {
    auto refused = append(*store, {change()});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::audit_unavailable);
  }
  auto is = store->health();
  REQUIRE_FALSE(is);
  CHECK(is.error().code == errc::store_unavailable);
  CHECK(is.error().detail.find("replaced or removed") != std::string::npos);
}

TEST_CASE("a file that another program has locked is refused", "[state]") {
  scratch directory;
  open(directory.path());
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((directory / "byollm.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(
    sqlite3_exec(other, "BEGIN; SELECT * FROM meta", nullptr, nullptr, nullptr)
    == SQLITE_OK);
  store_options options;
  options.directory = directory.path();
  auto refused = try_open(options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::store_owned);
  sqlite3_close(other);
  CHECK(try_open(options));
}

TEST_CASE("a damaged page that a read meets closes the store", "[state]") {
  scratch directory;
  {
    auto store = open(directory.path());
    for (int i = 0; i < 40; ++i)
      REQUIRE(append(*store, std::vector<ledger_entry>(100, change())));
  }
  {
    std::fstream file{directory / "byollm.db",
                      std::ios::in | std::ios::out | std::ios::binary};
    // Pages of the first rows, not what opening reads.
    for (int page = 60; page < 80; ++page) {
      file.seekp(page * 4'096);
      file << std::string(4'096, '\xff');
    }
  }
  auto store = open(directory.path());
  auto verdict = wait<expected<ledger_verdict>>(
    [&](auto done) { store->verify("", std::move(done)); });
  CHECK((!verdict || !verdict->intact));
  if (!verdict) {
    CHECK(verdict.error().code == errc::store_corrupt);
    CHECK(store->health().error().code == errc::store_corrupt);
    CHECK_FALSE(append(*store, {change()}));
  }
}

TEST_CASE("no room at one moment refuses nothing while there is a ballast",
          "[state]") {
  scratch directory;
  std::atomic<bool> is_full{false};
  asking_vfs vfs{[&](file_op op) {
    bool fails = op == file_op::write && is_full.exchange(false);
    return fails ? SQLITE_FULL : SQLITE_OK;
  }};
  store_options options;
  options.directory = directory.path();
  options.vfs = asking_vfs::name;
  auto store = try_open(options);
  REQUIRE(store);
  REQUIRE(append(**store, {intent("call-1")}));
  is_full = true;
  CHECK(append(**store, {outcome("call-1")}));
  // There is room after all: the ballast is made again.
  CHECK(append(**store, {intent("call-2")}));
  CHECK((*store)->health());
  CHECK(std::filesystem::exists(directory / "byollm.ballast"));
}

TEST_CASE("little room refuses calls from the start", "[state]") {
  scratch directory;
  store_options options;
  options.directory = directory.path();
  options.low_space_bytes = UINT64_MAX / 2;
  auto store = try_open(options);
  REQUIRE(store);
  auto refused = append(**store, {intent("call-1")});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::audit_unavailable);
  CHECK(refused.error().detail.find(directory.path()) != std::string::npos);
  CHECK((*store)->health().error().code == errc::audit_unavailable);
  CHECK(list(**store));
}

TEST_CASE("a full file system takes outcomes, refuses calls, and recovers",
          "[state]") {
  in_a_child(meet_full_disk);
}

TEST_CASE("recovery has room on a full file system", "[state]") {
  in_a_child(recover_on_full_disk);
}

TEST_CASE("a read-only file system is refused", "[state]") {
  in_a_child(open_read_only);
}
