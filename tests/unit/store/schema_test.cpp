// SPDX-License-Identifier: Apache-2.0
// Goal: an older store is taken forward whole or not at all, a newer one is
// left alone. Method: made-up later versions on the real ones, and files
// that are not ours.
#include "sample.hpp"

#include "app/store/schema.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace byollm;
using namespace byollm::sample;

namespace {

database open_file(const std::filesystem::path& file) {
  auto db = database::open(file);
  if (!db)
    FAIL(describe(db.error()));
  return *std::move(db);
}

int64_t integer(database& db, std::string_view sql) {
  auto found = db.query_integer(sql);
  REQUIRE(found);
  return *found;
}

// Numbers that this build will not reach.
constexpr migration to_101 = {101, "CREATE TABLE added (x INTEGER) STRICT;"
                                   "INSERT INTO added VALUES (41);"
                                   "PRAGMA user_version = 101;"};
constexpr migration to_102 = {102, "UPDATE added SET x = x + 1;"
                                   "PRAGMA user_version = 102;"};
constexpr migration broken_102 = {102, "UPDATE added SET x = x + 1;"
                                       "INSERT INTO nowhere VALUES (1);"
                                       "PRAGMA user_version = 102;"};

} // namespace

TEST_CASE("an empty file gets the newest schema and no backup", "[schema]") {
  scratch directory;
  auto file = directory / "byollm.db";
  auto db = open_file(file);
  REQUIRE(migrate(db, file, all_migrations()));
  CHECK(integer(db, "PRAGMA user_version") == all_migrations().back().to);
  CHECK_FALSE(std::filesystem::exists(directory / "byollm.db.v0.backup"));
  // A second time there is nothing to do.
  CHECK(migrate(db, file, all_migrations()));
}

TEST_CASE("an older store is backed up and taken forward", "[schema]") {
  scratch directory;
  auto file = directory / "byollm.db";
  REQUIRE(append(*open(directory.path()), {change()}));
  std::vector steps(all_migrations().begin(), all_migrations().end());
  steps.push_back(to_101);
  steps.push_back(to_102);
  {
    auto db = open_file(file);
    REQUIRE(migrate(db, file, steps));
    CHECK(integer(db, "PRAGMA user_version") == 102);
    CHECK(integer(db, "SELECT x FROM added") == 42);
    CHECK(integer(db, "SELECT count(*) FROM ledger_batch") == 1);
  }
  auto newest = all_migrations().back().to;
  auto name = directory / ("byollm.db.v" + std::to_string(newest) + ".backup");
  // This build does not know version 102.
  store_options options;
  options.directory = directory.path();
  auto refused = try_open(options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::store_newer);
  CHECK(refused.error().detail.find("version 102") != std::string::npos);
  // In its place, and nothing of the newer store beside it, the copy is what
  // the store was.
  std::filesystem::remove(file);
  std::filesystem::remove(directory / "byollm.db-wal");
  std::filesystem::copy_file(name, file);
  {
    auto back = open_file(file);
    CHECK(integer(back, "PRAGMA user_version") == newest);
    CHECK(integer(back, "SELECT count(*) FROM ledger_batch") == 1);
  }
  CHECK(verify(*open(directory.path())).intact);
}

TEST_CASE("a migration that fails changes nothing", "[schema]") {
  scratch directory;
  auto file = directory / "byollm.db";
  open(directory.path());
  std::vector steps(all_migrations().begin(), all_migrations().end());
  steps.push_back(to_101);
  steps.push_back(broken_102);
  {
    auto db = open_file(file);
    CHECK_FALSE(migrate(db, file, steps));
    CHECK(integer(db, "PRAGMA user_version") == all_migrations().back().to);
    CHECK(integer(db, "SELECT count(*) FROM sqlite_schema "
                      "WHERE name = 'added'")
          == 0);
  }
  // Its backup is in nobody's way when the migration is tried again.
  steps.back() = to_102;
  auto db = open_file(file);
  CHECK(migrate(db, file, steps));
}

TEST_CASE("a file that is not ours is refused and left alone", "[schema]") {
  scratch directory;
  auto file = directory / "byollm.db";
  store_options options;
  options.directory = directory.path();
  SECTION("another program's database") {
    {
      auto db = open_file(file);
      REQUIRE(db.run("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"));
    }
    auto refused = try_open(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::store_corrupt);
    auto db = open_file(file);
    CHECK(integer(db, "SELECT count(*) FROM theirs") == 1);
  }
  SECTION("not a database") {
    std::ofstream{file} << std::string(10'000, 'x');
    auto refused = try_open(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::store_corrupt);
  }
}
