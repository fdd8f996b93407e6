// SPDX-License-Identifier: Apache-2.0
// Goal: whatever somebody does to the stored ledger, verification names the
// first record that is wrong, and how. Method: close the store, change its file
// with plain SQL, and verify again.
#include "sample.hpp"

#include "app/ledger/encode.hpp"
#include "app/ledger/verify.hpp"

#include <catch2/catch.hpp>

#include <sqlite3.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

constexpr uint64_t record_count = 30;

// Three batches of ten records.
void fill(const scratch& directory) {
  auto store = open(directory.path());
  for (int batch = 0; batch < 3; ++batch) {
    std::vector<ledger_entry> entries;
    for (int i = 0; i < 5; ++i) {
      auto call = "call-" + std::to_string(batch) + "-" + std::to_string(i);
      entries.emplace_back(intent(call));
      entries.emplace_back(outcome(call));
    }
    REQUIRE(append(*store, std::move(entries)));
  }
  REQUIRE(verify(*store).records == record_count);
}

void run(const scratch& directory, const std::string& sql) {
  sqlite3* db = nullptr;
  auto file = directory / "byollm.db";
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  char* error = nullptr;
  auto code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
  INFO(sql << ": " << (error ? error : ""));
  CHECK(code == SQLITE_OK);
  CHECK(sqlite3_total_changes(db) > 0);
  sqlite3_free(error);
  sqlite3_close(db);
}

ledger_verdict verify_file(const scratch& directory) {
  auto verdict = verify_closed_ledger(directory.path());
  if (!verdict)
    FAIL(describe(verdict.error()));
  return *verdict;
}

void check_named(const scratch& directory, uint64_t seq,
                 std::string_view kind) {
  auto verdict = verify_file(directory);
  INFO(verdict.problem);
  CHECK_FALSE(verdict.intact);
  CHECK(verdict.first_bad_seq == seq);
  CHECK(verdict.problem.substr(0, kind.size()) == kind);
}

// The last batch is checked before a store opens; the same words name the
// record.
void check_opening(const scratch& directory, bool refused) {
  store_options options;
  options.directory = directory.path();
  auto opened = try_open(options);
  CHECK(bool{opened} != refused);
  if (!opened)
    CHECK(opened.error().code == errc::store_corrupt);
  else
    CHECK_FALSE(verify(**opened).intact);
}

const std::string swap_rows = R"(
  UPDATE ledger_record SET seq = 1000 WHERE seq = 4;
  UPDATE ledger_record SET seq = 4 WHERE seq = 7;
  UPDATE ledger_record SET seq = 7 WHERE seq = 1000;)";

} // namespace

TEST_CASE("an untouched ledger verifies without being opened", "[tamper]") {
  scratch directory;
  fill(directory);
  auto verdict = verify_file(directory);
  CHECK(verdict.intact);
  CHECK(verdict.records == record_count);
}

TEST_CASE("verifying where no ledger is says so and creates none", "[tamper]") {
  scratch directory;
  auto verdict = verify_closed_ledger(directory.path());
  REQUIRE_FALSE(verdict);
  CHECK(verdict.error().code == errc::not_found);
  CHECK_FALSE(std::filesystem::exists(directory / "byollm.db"));
}

TEST_CASE("an edited public part is named", "[tamper]") {
  scratch directory;
  fill(directory);
  // The tenant's first letter, so that the record still decodes.
  run(directory, "UPDATE ledger_record SET public = CAST(substr(public, 1, 15) "
                 "|| 'b' || substr(public, 17) AS BLOB) WHERE seq = 13");
  check_named(directory, 13, "edited");
  check_opening(directory, false);
}

TEST_CASE("an edited payload is named", "[tamper]") {
  scratch directory;
  fill(directory);
  run(directory, "UPDATE ledger_record SET payload = CAST(substr(payload, 1, "
                 "length(payload) - 1) || 'x' AS BLOB) WHERE seq = 3");
  check_named(directory, 3, "edited");
}

TEST_CASE("an edited leaf hash is named", "[tamper]") {
  scratch directory;
  fill(directory);
  run(directory, "UPDATE ledger_record SET leaf = zeroblob(32) WHERE seq = 9");
  check_named(directory, 9, "edited");
}

TEST_CASE("an edited record with a matching leaf is found by the root",
          "[tamper]") {
  scratch directory;
  fill(directory);
  // Another ledger's record 14 is whole in itself.
  scratch other;
  fill(other);
  run(directory,
      "ATTACH '" + (other / "byollm.db").string()
        + "' AS o; UPDATE ledger_record SET (public, leaf, payload) = (SELECT "
          "public, leaf, payload FROM o.ledger_record WHERE seq = 14) "
          "WHERE seq = 14");
  auto verdict = verify_file(directory);
  INFO(verdict.problem);
  CHECK_FALSE(verdict.intact);
  CHECK(verdict.first_bad_seq == 11);
  CHECK(verdict.problem.find("one of records 11 to 20") != std::string::npos);
}

TEST_CASE("an edited root is found", "[tamper]") {
  scratch directory;
  fill(directory);
  run(directory, "UPDATE ledger_batch SET root = zeroblob(32) "
                 "WHERE last_seq = 20");
  check_named(directory, 11, "edited");
}

TEST_CASE("a deleted record is named", "[tamper]") {
  scratch directory;
  fill(directory);
  run(directory, "DELETE FROM ledger_record WHERE seq = 12");
  check_named(directory, 12, "missing");
  // Its leaf was needed to restore the tree's edge.
  check_opening(directory, true);
}

TEST_CASE("swapped records are named", "[tamper]") {
  scratch directory;
  fill(directory);
  run(directory, swap_rows);
  check_named(directory, 4, "reordered");
}

TEST_CASE("deleted last records are named", "[tamper]") {
  scratch directory;
  fill(directory);
  SECTION("some of the last batch") {
    run(directory, "DELETE FROM ledger_record WHERE seq > 27");
    check_named(directory, 28, "truncated");
  }
  SECTION("more than the last batch") {
    run(directory, "DELETE FROM ledger_record WHERE seq > 14");
    check_named(directory, 15, "truncated");
  }
  SECTION("all of them") {
    run(directory, "DELETE FROM ledger_record");
    check_named(directory, 1, "truncated");
  }
  check_opening(directory, true);
}

TEST_CASE("records behind the last root are named", "[tamper]") {
  scratch directory;
  fill(directory);
  SECTION("because the root was deleted") {
    run(directory, "DELETE FROM ledger_batch WHERE last_seq = 30");
    check_named(directory, 21, "missing");
  }
  SECTION("because the record was added") {
    run(directory,
        "INSERT INTO ledger_record SELECT 31, public, leaf, payload, "
        "payload_hash FROM ledger_record WHERE seq = 30");
    check_named(directory, 31, "reordered");
  }
  SECTION("because all roots were deleted") {
    run(directory, "DELETE FROM ledger_batch");
    check_named(directory, 1, "missing");
  }
  check_opening(directory, true);
}

TEST_CASE("a damaged last batch keeps the store from opening", "[tamper]") {
  scratch directory;
  fill(directory);
  run(directory, "UPDATE ledger_record SET leaf = zeroblob(32) WHERE seq = 25");
  check_opening(directory, true);
  check_named(directory, 25, "edited");
}

TEST_CASE("a record whose payload was removed still verifies", "[tamper]") {
  scratch directory;
  fill(directory);
  // What retention does: the hash stays, salt and payload go.
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((directory / "byollm.db").c_str(), &db) == SQLITE_OK);
  auto sha256 = [](sqlite3_context* context, int, sqlite3_value** values) {
    sha256_hasher sha;
    sha.update({static_cast<const uint8_t*>(sqlite3_value_blob(values[0])),
                static_cast<size_t>(sqlite3_value_bytes(values[0]))});
    auto digest = sha.finish();
    sqlite3_result_blob(context, digest.data(), 32, SQLITE_TRANSIENT);
  };
  sqlite3_create_function(db, "sha256", 1, SQLITE_UTF8, nullptr, sha256,
                          nullptr, nullptr);
  CHECK(sqlite3_exec(db,
                     "UPDATE ledger_record SET payload_hash = sha256(payload), "
                     "payload = NULL WHERE seq % 3 = 0",
                     nullptr, nullptr, nullptr)
        == SQLITE_OK);
  sqlite3_close(db);
  CHECK(verify_file(directory).intact);
  auto store = open(directory.path());
  auto rows = list(*store);
  REQUIRE(rows);
  CHECK(value((*rows)[2], "payload") == "removed");
  CHECK(value((*rows)[2], "purpose") == "(missing)");
  CHECK(value((*rows)[2], "call") == "call-0-1");
  CHECK(value((*rows)[3], "payload") == "(missing)");
}

TEST_CASE("every flipped bit of a stored record is found", "[tamper]") {
  record_encoder encoder{std::vector<uint8_t>(32, 7)};
  REQUIRE(encoder.encode(intent("call-1"), 1));
  std::vector<uint8_t> open_part{encoder.public_part().begin(),
                                 encoder.public_part().end()};
  std::vector<uint8_t> payload{encoder.payload().begin(),
                               encoder.payload().end()};
  auto is_well = [&] {
    ledger_verifier verifier;
    return verifier.record({1, open_part, encoder.leaf(), payload, {}});
  };
  REQUIRE(is_well());
  for (auto* part : {&open_part, &payload})
    for (size_t bit = 0; bit < part->size() * 8; ++bit) {
      auto mask = static_cast<uint8_t>(1 << bit % 8);
      (*part)[bit / 8] ^= mask;
      REQUIRE_FALSE(is_well());
      (*part)[bit / 8] ^= mask;
    }
}
