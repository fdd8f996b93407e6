// SPDX-License-Identifier: Apache-2.0
// Goal: a store that cannot do its work says which way, refuses what it must,
// and recovers by itself where it can. Method: files that are taken away, a
// foreign lock, a bound that leaves little room.
#include "sample.hpp"
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <sqlite3.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

expected<std::unique_ptr<store>> open_through_vfs(const scratch& directory) {
  store_options options;
  options.directory = directory.path();
  options.vfs = asking_vfs::name;
  return try_open(options);
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

TEST_CASE("a sync that fails acknowledges nothing and closes the store",
          "[state]") {
  scratch directory;
  std::atomic<bool> fails{false};
  asking_vfs vfs{[&](file_op op) {
    return op == file_op::sync && fails.exchange(false) ? SQLITE_IOERR_FSYNC
                                                        : SQLITE_OK;
  }};
  auto store = open_through_vfs(directory);
  REQUIRE(store);
  REQUIRE(append(**store, {intent("call-1")}));
  fails = true;
  CHECK_FALSE(append(**store, {intent("call-2")}));
  // The next one would succeed, over pages that may never have been written.
  CHECK_FALSE(append(**store, {outcome("call-1")}));
  CHECK((*store)->health().error().code == errc::store_unavailable);
  CHECK((*store)->takes_intents().error().code == errc::audit_unavailable);
}

TEST_CASE("a start makes durable what it found before it tells it", "[state]") {
  // As a killed process leaves it: with nothing to close and nothing to sign,
  // and a log that may be in the page cache alone.
  scratch living, directory;
  auto before = open(living.path());
  REQUIRE(append(*before, {change()}));
  REQUIRE(wait<expected<uint64_t>>(
    [&](auto done) { before->seal(std::move(done)); }));
  for (const auto& entry : std::filesystem::directory_iterator{living.path()})
    if (entry.path().filename() != "byollm.ballast")
      std::filesystem::copy(entry.path(),
                            directory.path() / entry.path().filename());
  std::atomic<int> syncs{0};
  std::atomic<bool> is_full{false};
  // There is room in the place of the ballast.
  SECTION("with room") {}
  SECTION("on a full disk") {
    is_full = true;
  }
  asking_vfs vfs{[&](file_op op) {
    syncs += op == file_op::sync;
    bool fails = op == file_op::write && is_full.exchange(false);
    return fails ? SQLITE_FULL : SQLITE_OK;
  }};
  auto store = open_through_vfs(directory);
  REQUIRE(store);
  CHECK(syncs > 0);
  CHECK_FALSE(is_full);
  CHECK(verify(**store).records == 1);
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
  auto store = open_through_vfs(directory);
  REQUIRE(store);
  REQUIRE(append(**store, {intent("call-1")}));
  is_full = true;
  CHECK(append(**store, {outcome("call-1")}));
  // There is room after all: the ballast is made again.
  CHECK(append(**store, {intent("call-2")}));
  CHECK((*store)->health());
  CHECK(std::filesystem::exists(directory / "byollm.ballast"));
}

TEST_CASE("a removed key is gone, also where its log cannot be cut",
          "[state]") {
  scratch directory;
  std::atomic<bool> is_removing{false};
  std::atomic<bool> is_full{false};
  // The commit's sync comes before what cutting the log writes.
  asking_vfs vfs{[&](file_op op) {
    if (op == file_op::sync && is_removing)
      is_full = true;
    return op == file_op::write && is_full ? SQLITE_FULL : SQLITE_OK;
  }};
  auto store = open_through_vfs(directory);
  REQUIRE(store);
  stored_user_config row;
  row.tenant = "acme";
  row.user = "ada";
  row.provider = "ollama";
  row.envelope.assign(100, 1);
  change_record change;
  change.subject = change_subject::user_llm;
  REQUIRE(wait<status>(
    [&](auto done) { (*store)->save_user(row, change, std::move(done)); }));
  is_removing = true;
  CHECK(wait<status>([&](auto done) {
    (*store)->remove_user("acme", "ada", change, std::move(done));
  }));
  REQUIRE(is_full);
  is_removing = is_full = false;
  REQUIRE(append(**store, {intent("call-1")}));
  CHECK(std::filesystem::file_size(directory / "byollm.db-wal") == 0);
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
