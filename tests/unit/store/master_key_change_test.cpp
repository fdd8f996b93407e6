// SPDX-License-Identifier: Apache-2.0
// Goal: master keys come and go with the record that says so, whatever fails:
// who was told "no" has the keys of before, in memory and at the next start.
// Method: the store with a real vault, and a VFS that fails the 1st, 2nd, ...
// operation of the change's commit, until it passes without meeting the fault.
#include "sample.hpp"
#include "test_vfs.hpp"

#include "app/vault/vault.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <sqlite3.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

using versions = std::vector<uint32_t>;

std::unique_ptr<vault> vault_of(const scratch& directory) {
  auto opened = open_vault({directory.path()});
  REQUIRE(opened);
  return *std::move(opened);
}

change_record why() {
  return {"cli", "", "", change_subject::master_key, "text", 1};
}

status add(store& to, vault& keys) {
  return wait<status>([&](auto done) {
    to.add_master_key([&] { return keys.add(); }, why(), done);
  });
}

status drop(store& to, vault& keys, uint32_t version) {
  return wait<status>([&](auto done) {
    to.drop_master_key(
      version, [&, version] { return keys.drop(version); }, why(), done);
  });
}

void start_with(vault& keys, size_t count) {
  while (keys.versions().size() < count) {
    auto staged = keys.add();
    REQUIRE(staged);
    REQUIRE((*staged)->keep());
  }
}

size_t records(const scratch& directory) {
  auto store = open(directory.path());
  auto rows = list(*store);
  REQUIRE(rows);
  return rows->size();
}

// What only a change that is under way has.
size_t staged_files(const scratch& directory) {
  size_t found = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{directory.path()})
    found += entry.path().filename().string().starts_with("master.ring.");
  return found;
}

/// A change, what it starts with, and what it leads to.
struct step {
  versions before;
  versions after;
  std::function<status(store&, vault&)> make;
};

const step adding{{1}, {1, 2}, add};
const step dropping{
  {1, 2}, {2}, [](store& in, vault& keys) { return drop(in, keys, 1); }};

/// Which operation of the commit fails, and how.
struct fault {
  file_op op;
  int code;
  int nth;
};

// Returns whether the fault was met.
bool meet(const step& what, const fault& which) {
  scratch directory;
  auto keys = vault_of(directory);
  start_with(*keys, what.before.size());
  auto told = status{unit{}};
  std::atomic<bool> is_armed{false};
  std::atomic<int> seen{0};
  {
    asking_vfs vfs{[&](file_op op) {
      auto fails = is_armed && op == which.op && ++seen == which.nth;
      return fails ? which.code : SQLITE_OK;
    }};
    store_options options;
    options.directory = directory.path();
    options.vfs = asking_vfs::name;
    options.reserve_bytes = 0;
    auto opened = try_open(options);
    REQUIRE(opened);
    is_armed = true;
    told = what.make(**opened, *keys);
    is_armed = false;
  }
  auto now = keys->versions();
  CHECK(now == (told ? what.after : what.before));
  CHECK(vault_of(directory)->versions() == now);
  CHECK(staged_files(directory) == 0);
  // A commit that failed may be found durable; one that was told is.
  auto recorded = records(directory);
  CHECK((told ? recorded == 1 : recorded <= 1));
  // What failed can be asked for again.
  auto store = open(directory.path());
  if (!told)
    REQUIRE(what.make(*store, *keys));
  CHECK(keys->versions() == what.after);
  CHECK(vault_of(directory)->versions() == what.after);
  return seen >= which.nth;
}

int fail_each(const step& what, file_op op, int code) {
  for (int nth = 1;; ++nth) {
    INFO(to_string(op) << " " << nth << ", code " << code);
    if (!meet(what, {op, code, nth}))
      return nth - 1;
  }
}

void fail_all(const step& what) {
  CHECK(fail_each(what, file_op::write, SQLITE_FULL) > 0);
  CHECK(fail_each(what, file_op::write, SQLITE_IOERR_WRITE) > 0);
  CHECK(fail_each(what, file_op::sync, SQLITE_IOERR_FSYNC) > 0);
}

} // namespace

TEST_CASE("a master key is added with its record, or not at all",
          "[rewrap][io]") {
  fail_all(adding);
}

TEST_CASE("a master key is dropped with its record, or not at all",
          "[rewrap][io]") {
  fail_all(dropping);
}

TEST_CASE("the ring changes behind its record, and can fail there",
          "[rewrap][io]") {
  scratch directory;
  auto keys = vault_of(directory);
  auto store = open(directory.path());
  auto ring = directory / "master.ring";
  auto aside = directory / "aside";
  auto told = wait<status>([&](auto done) {
    store->add_master_key(
      [&] {
        auto staged = keys->add();
        // A directory's place is no file's.
        std::filesystem::rename(ring, aside);
        std::filesystem::create_directory(ring);
        return staged;
      },
      why(), done);
  });
  REQUIRE_FALSE(told);
  CHECK(told.error().code == errc::store_unavailable);
  std::filesystem::remove(ring);
  std::filesystem::rename(aside, ring);
  CHECK(keys->versions() == versions{1});
  CHECK(vault_of(directory)->versions() == versions{1});
  CHECK(staged_files(directory) == 0);
  REQUIRE(add(*store, *keys));
  CHECK(keys->versions() == versions{1, 2});
  store.reset();
  CHECK(records(directory) == 2);
}

TEST_CASE("of two changes that are ready one is made", "[rewrap]") {
  scratch directory;
  auto keys = vault_of(directory);
  auto first = keys->add();
  auto second = keys->add();
  REQUIRE(first);
  REQUIRE(second);
  REQUIRE((*first)->keep());
  auto late = (*second)->keep();
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::store_unavailable);
  CHECK(keys->versions() == versions{1, 2});
  CHECK(vault_of(directory)->versions() == versions{1, 2});
}
