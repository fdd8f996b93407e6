// SPDX-License-Identifier: Apache-2.0
// Goal: a store that cannot do its work says which way, refuses what it must,
// and recovers by itself where it can. Method: a sync that does not come back,
// files that are taken away, a foreign lock, a small file system that is full.
#include "sample.hpp"
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <mutex>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

/// Holds syncs, or something else, up while it is closed.
class io_gate {
public:
  explicit io_gate(file_op which = file_op::sync) : which_(which) {
    // nop
  }

  int operator()(file_op op) {
    std::unique_lock guard{mutex_};
    if (op != which_ || is_open_)
      return SQLITE_OK;
    ++held_;
    moved_.notify_all();
    moved_.wait(guard, [this] { return is_open_; });
    return SQLITE_OK;
  }

  void close() {
    std::lock_guard guard{mutex_};
    is_open_ = false;
  }

  void open() {
    std::lock_guard guard{mutex_};
    is_open_ = true;
    moved_.notify_all();
  }

  void wait_held() {
    std::unique_lock guard{mutex_};
    moved_.wait(guard, [this] { return held_ > 0; });
  }

private:
  const file_op which_;
  std::mutex mutex_;
  std::condition_variable moved_;
  bool is_open_ = true;
  int held_ = 0;
};

store_options with_vfs(const scratch& directory) {
  store_options options;
  options.directory = directory.path();
  options.vfs = asking_vfs::name;
  // Whatever takes any time at all.
  options.stall = std::chrono::milliseconds{0};
  options.close_patience = std::chrono::milliseconds{0};
  return options;
}

class counting_sink final : public audit_sink {
public:
  explicit counting_sink(std::atomic<int>& calls) : calls_(calls) {
    // nop
  }

  void committed(const ledger_row&) noexcept override {
    ++calls_;
  }

private:
  std::atomic<int>& calls_;
};

template <class Condition>
void spin_until(Condition condition) {
  while (!condition())
    std::this_thread::yield();
}

std::unique_ptr<store> open_once_free(const scratch& directory) {
  for (;;) {
    store_options options;
    options.directory = directory.path();
    auto opened = try_open(options);
    if (opened)
      return *std::move(opened);
    REQUIRE(opened.error().code == errc::store_owned);
    std::this_thread::yield();
  }
}

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

TEST_CASE("a disk that does not answer is told, and passes", "[state]") {
  scratch directory;
  io_gate gate;
  asking_vfs vfs{std::ref(gate)};
  auto options = with_vfs(directory);
  options.close_patience = limits::ledger_close_patience;
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  spin_until([&] { return bool{store.health()}; });
  gate.close();
  std::promise<expected<uint64_t>> appended;
  store.append({change()}, [&](auto seq) { appended.set_value(seq); });
  gate.wait_held();
  spin_until([&] { return !store.health(); });
  CHECK(store.health().error().code == errc::store_unavailable);
  CHECK(store.takes_intents().error().code == errc::audit_unavailable);
  gate.open();
  CHECK(appended.get_future().get());
  spin_until([&] { return bool{store.health()}; });
  CHECK(append(store, {change()}));
}

TEST_CASE("a read that does not come back is told, and passes", "[state]") {
  scratch directory;
  {
    auto store = open(directory.path());
    for (int i = 0; i < 40; ++i)
      REQUIRE(append(*store, std::vector<ledger_entry>(100, change())));
  }
  io_gate gate{file_op::read};
  asking_vfs vfs{std::ref(gate)};
  auto options = with_vfs(directory);
  options.read_stall = std::chrono::milliseconds{0};
  options.close_patience = limits::ledger_close_patience;
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  spin_until([&] { return bool{store.health()}; });
  gate.close();
  std::promise<bool> verified;
  store.verify("", [&](expected<ledger_verdict> verdict) {
    verified.set_value(verdict && verdict->intact);
  });
  gate.wait_held();
  spin_until([&] { return !store.health(); });
  CHECK(store.health().error().code == errc::store_unavailable);
  gate.open();
  CHECK(verified.get_future().get());
  spin_until([&] { return bool{store.health()}; });
}

TEST_CASE("work that takes long is not a disk that does not answer",
          "[state]") {
  scratch directory;
  auto options = store_options{.directory = directory.path()};
  // Whatever takes any time at all; but reads may take some.
  options.stall = std::chrono::milliseconds{0};
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  REQUIRE(append(store, {intent("call-1")}));
  std::promise<void> reached, looked;
  auto take_long = [&](const auto& result) {
    CHECK(result);
    reached.set_value();
    looked.get_future().wait();
  };
  SECTION("a sum of all usage") {
    store.usage({}, take_long);
  }
  SECTION("a proof, under a fresh checkpoint") {
    store.prove("acme", "call-1", take_long);
  }
  SECTION("whoever is told of a commit") {
    store.append({change()}, take_long);
  }
  reached.get_future().wait();
  CHECK(store.health());
  looked.set_value();
}

TEST_CASE("a store closes while the disk does not answer", "[state]") {
  scratch directory;
  io_gate gate;
  asking_vfs vfs{std::ref(gate)};
  auto opened = try_open(with_vfs(directory));
  REQUIRE(opened);
  REQUIRE(append(**opened, {change()}));
  gate.close();
  bool is_acknowledged = false;
  (*opened)->append({change()}, [&](auto) { is_acknowledged = true; });
  gate.wait_held();
  std::vector<errc> told;
  (*opened)->append({change()}, [&](expected<uint64_t> seq) {
    told.push_back(seq ? errc::none : seq.error().code);
  });
  (*opened)->verify("", [&](expected<ledger_verdict> verdict) {
    told.push_back(verdict ? errc::none : verdict.error().code);
  });
  (*opened)->load_allowed("acme", [&](auto origins) {
    told.push_back(origins ? errc::none : origins.error().code);
  });
  opened = failure{};
  CHECK(told == std::vector<errc>(3, errc::stopping));
  store_options options;
  options.directory = directory.path();
  CHECK(try_open(options).error().code == errc::store_owned);
  gate.open();
  auto store = open_once_free(directory);
  CHECK_FALSE(is_acknowledged);
  CHECK(verify(*store).intact);
}

TEST_CASE("a store that had to leave its thread calls nothing of the host's",
          "[state]") {
  scratch directory, elsewhere;
  io_gate gate;
  asking_vfs vfs{std::ref(gate)};
  auto options = with_vfs(directory);
  std::atomic<int> calls{0};
  options.sink = std::make_shared<counting_sink>(calls);
  options.log
    = [&](log_level, std::string_view, const log_fields&) { ++calls; };
  // An anchor that fails first: what works again is a line of the log.
  options.anchors.file = elsewhere / "anchors";
  std::filesystem::create_directory(options.anchors.file);
  auto opened = try_open(options);
  REQUIRE(opened);
  CHECK(calls == 1);
  REQUIRE(append(**opened, {change()}));
  CHECK(calls == 2);
  gate.close();
  (*opened)->append({change()}, [&](auto) { ++calls; });
  gate.wait_held();
  opened = failure{};
  std::filesystem::remove(options.anchors.file);
  gate.open();
  auto store = open_once_free(directory);
  CHECK(verify(*store).records == 2);
  CHECK(std::filesystem::file_size(options.anchors.file) > 0);
  CHECK(calls == 2);
}

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
