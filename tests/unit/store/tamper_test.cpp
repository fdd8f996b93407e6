// SPDX-License-Identifier: Apache-2.0
// Goal: whatever somebody does to the stored ledger, verification names the
// first record that is wrong, and how. Method: close the store, take rows of
// its file apart, change them, and verify again.
#include "rows.hpp"
#include "sample.hpp"

#include "app/ledger/encode.hpp"
#include "app/ledger/verify.hpp"

#include <catch2/catch.hpp>

#include <utility>

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

// Record `seq` of a row.
loose_record& at(loose_row& row, uint64_t seq) {
  return row.records.at(seq - row.first_seq);
}

// The first letter of the tenant: version, type, number and one tag and length
// stand before it.
constexpr size_t tenant_begins = record_head_bytes + 5;

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
  // So that the record still decodes.
  edit_row(directory.path(), 11, [](loose_row& row) {
    at(row, 13).public_part.at(tenant_begins) = 'b';
  });
  check_named(directory, 13, "edited");
  check_opening(directory, false);
}

TEST_CASE("an edited payload is named", "[tamper]") {
  scratch directory;
  fill(directory);
  edit_row(directory.path(), 1,
           [](loose_row& row) { at(row, 3).payload.back() ^= 1; });
  check_named(directory, 3, "edited");
}

TEST_CASE("an edited leaf hash is named", "[tamper]") {
  scratch directory;
  fill(directory);
  edit_row(directory.path(), 1,
           [](loose_row& row) { at(row, 9).leaf.assign(32, 0); });
  check_named(directory, 9, "edited");
}

TEST_CASE("an edited record with a matching leaf is found by the root",
          "[tamper]") {
  scratch directory, other;
  fill(directory);
  // Another ledger's record 14 is whole in itself.
  fill(other);
  auto theirs = read_row(other.path(), 11);
  edit_row(directory.path(), 11,
           [&](loose_row& row) { at(row, 14) = at(theirs, 14); });
  auto verdict = verify_file(directory);
  INFO(verdict.problem);
  CHECK_FALSE(verdict.intact);
  CHECK(verdict.first_bad_seq == 11);
  CHECK(verdict.problem.find("one of records 11 to 20") != std::string::npos);
}

TEST_CASE("an edited root is found", "[tamper]") {
  scratch directory;
  fill(directory);
  edit_row(directory.path(), 11, [](loose_row& row) { row.root = {}; });
  check_named(directory, 11, "edited");
}

TEST_CASE("a deleted record is named", "[tamper]") {
  scratch directory;
  fill(directory);
  SECTION("with its leaf") {
    edit_row(directory.path(), 11, [](loose_row& row) {
      row.records.erase(row.records.begin() + 1);
    });
    check_named(directory, 12, "missing");
    // The leaf was needed to restore the tree's edge.
    check_opening(directory, true);
  }
  SECTION("at a row's end") {
    edit_row(directory.path(), 11,
             [](loose_row& row) { row.records.pop_back(); });
    check_named(directory, 20, "missing");
  }
  SECTION("with the row's last number and all") {
    edit_row(directory.path(), 11, [](loose_row& row) {
      row.records.pop_back();
      row.last_seq = 19;
    });
    check_named(directory, 11, "edited");
  }
  SECTION("with its whole row") {
    run_sql(directory.path(), "DELETE FROM ledger_batch WHERE first_seq = 11");
    check_named(directory, 11, "missing");
  }
}

TEST_CASE("swapped records are named", "[tamper]") {
  scratch directory;
  fill(directory);
  SECTION("in a row") {
    edit_row(directory.path(), 1,
             [](loose_row& row) { std::swap(at(row, 4), at(row, 7)); });
    check_named(directory, 4, "reordered");
  }
  SECTION("across rows") {
    auto first = read_row(directory.path(), 1);
    auto second = read_row(directory.path(), 11);
    std::swap(at(first, 5), at(second, 15));
    write_row(directory.path(), 1, first);
    write_row(directory.path(), 11, second);
    check_named(directory, 5, "reordered");
  }
  SECTION("a row that begins again") {
    run_sql(directory.path(), "UPDATE ledger_batch SET first_seq = 9 "
                              "WHERE first_seq = 11");
    CHECK_FALSE(verify_file(directory).intact);
  }
}

TEST_CASE("deleted last records are named", "[tamper]") {
  scratch directory;
  fill(directory);
  edit_row(directory.path(), 21, [](loose_row& row) { row.records.resize(7); });
  check_named(directory, 28, "truncated");
  check_opening(directory, true);
}

TEST_CASE("deleted last rows are found by the nodes of the tree", "[tamper]") {
  scratch directory;
  {
    auto store = open(directory.path());
    REQUIRE(append(*store, std::vector<ledger_entry>(200, change())));
    REQUIRE(append(*store, std::vector<ledger_entry>(100, change())));
  }
  SECTION("one of them") {
    run_sql(directory.path(), "DELETE FROM ledger_batch WHERE first_seq > 1");
    check_named(directory, 201, "truncated");
  }
  SECTION("all of them") {
    run_sql(directory.path(), "DELETE FROM ledger_batch");
    check_named(directory, 1, "truncated");
  }
  check_opening(directory, true);
}

TEST_CASE("a record behind the last is named", "[tamper]") {
  scratch directory;
  fill(directory);
  edit_row(directory.path(), 21, [](loose_row& row) {
    auto last = row.records.back();
    row.records.push_back(std::move(last));
  });
  check_named(directory, 31, "reordered");
  check_opening(directory, true);
}

TEST_CASE("bytes that are no record are named", "[tamper]") {
  scratch directory;
  fill(directory);
  SECTION("because the row is cut off") {
    run_sql(directory.path(), "UPDATE ledger_batch SET records = CAST(substr("
                              "records, 1, length(records) - 1) AS BLOB) "
                              "WHERE first_seq = 11");
    check_named(directory, 20, "edited");
  }
  SECTION("because something follows") {
    run_sql(directory.path(), "UPDATE ledger_batch SET records = CAST(records "
                              "|| x'00000001' AS BLOB) WHERE first_seq = 11");
    check_named(directory, 21, "edited");
  }
  SECTION("because there are none") {
    run_sql(directory.path(), "UPDATE ledger_batch SET records = x'' "
                              "WHERE first_seq = 11");
    check_named(directory, 11, "missing");
  }
}

TEST_CASE("a damaged last batch keeps the store from opening", "[tamper]") {
  scratch directory;
  fill(directory);
  edit_row(directory.path(), 21,
           [](loose_row& row) { at(row, 25).leaf.assign(32, 0); });
  SECTION("signed") {
    // nop: the checkpoint tells, too
  }
  SECTION("as a crash leaves it") {
    run_sql(directory.path(), "DELETE FROM ledger_checkpoint");
  }
  check_opening(directory, true);
  check_named(directory, 25, "edited");
}

TEST_CASE("a record whose payload was removed still verifies", "[tamper]") {
  scratch directory;
  fill(directory);
  // What retention does: the hash stays, salt and payload go.
  for (uint64_t first : {1, 11, 21})
    edit_row(directory.path(), first, [&](loose_row& row) {
      for (auto seq = row.first_seq; seq <= row.last_seq; ++seq) {
        if (seq % 3 != 0)
          continue;
        auto hash = tree_hasher{}.payload(at(row, seq).payload);
        at(row, seq).payload_hash.assign(hash.begin(), hash.end());
        at(row, seq).payload.clear();
      }
    });
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
