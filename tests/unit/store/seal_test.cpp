// SPDX-License-Identifier: Apache-2.0
// Goal: checkpoints are made when they should be, over what is on the disk,
// never over what is not what was written, and never one that contradicts an
// earlier one. Method: stores of their own, opened, closed and changed in
// between; the clock is the caller's.
#include "rows.hpp"
#include "sample.hpp"

#include "app/ledger/history.hpp"
#include "app/store/schema.hpp"
#include "app/store/sealer.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace byollm;
using namespace byollm::sample;

namespace {

std::vector<ledger_entry> changes(size_t count) {
  return std::vector<ledger_entry>(count, change());
}

void run_sql(const scratch& directory, const char* sql) {
  auto db = database::open(directory / "byollm.db");
  REQUIRE(db);
  REQUIRE(db->run(sql));
}

uint64_t seal(store& which) {
  auto size
    = wait<expected<uint64_t>>([&](auto done) { which.seal(std::move(done)); });
  REQUIRE(size);
  return *size;
}

// What the store says once its thread has been round so many times.
seal_state seals_after(store& of, int rounds) {
  for (int i = 0; i < rounds; ++i)
    REQUIRE(wait<expected<ledger_reader::past_call>>(
      [&](auto done) { of.find_call("acme", "none", std::move(done)); }));
  return of.seals();
}

/// A closed ledger, its tables and a sealer on it.
struct opened_sealer {
  explicit opened_sealer(const scratch& directory)
      : db(*database::open(directory / "byollm.db")),
        scan(*ledger_scan::open(db)) {
    auto id = db.query_text("SELECT lower(hex(value)) FROM meta "
                            "WHERE name = 'ledger_id'");
    auto last = scan.last_batch();
    size = *last ? (*last)->head.size : 0;
    auto signer = open_signer(directory.path(), *id);
    REQUIRE(signer);
    auto made = sealer::open(db, scan, *std::move(signer), size);
    REQUIRE(made);
    work = *std::move(made);
    tree_hasher hasher;
    memory = *scan.edge_at(hasher, size);
  }

  database db;
  ledger_scan scan;
  uint64_t size = 0;
  tree_edge memory;
  std::unique_ptr<sealer> work;
  sealer::clock::time_point now
    = sealer::clock::time_point{} + std::chrono::hours{1};
};

// A ledger of `records` without any checkpoint.
void fill_unsigned(const scratch& directory, size_t records) {
  {
    auto store = open(directory.path());
    for (size_t done = 0; done < records; done += 100)
      REQUIRE(append(*store, changes(std::min<size_t>(100, records - done))));
  }
  run_sql(directory, "DELETE FROM ledger_checkpoint");
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream from{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

} // namespace

TEST_CASE("a closing store leaves nothing unsigned", "[seal]") {
  scratch directory;
  for (uint64_t run = 1; run <= 3; ++run) {
    auto store = open(directory.path());
    REQUIRE(append(*store, changes(5)));
    store.reset();
    store = open(directory.path());
    CHECK(store->seals().signed_records == 5 * run);
    auto verdict = verify(*store);
    CHECK(verdict.intact);
    CHECK(verdict.checkpoints == run);
  }
}

TEST_CASE("a checkpoint can be asked for, and nothing new gives none",
          "[seal]") {
  scratch directory;
  auto store = open(directory.path());
  CHECK(seal(*store) == 0);
  REQUIRE(append(*store, changes(3)));
  CHECK(seal(*store) == 3);
  CHECK(seal(*store) == 3);
  CHECK(verify(*store).checkpoints == 1);
}

TEST_CASE("a checkpoint follows so many records", "[seal]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(append(*store, changes(limits::ledger_seal_records - 1)));
  CHECK(seals_after(*store, 10).signed_records == 0);
  REQUIRE(append(*store, changes(1)));
  CHECK(seals_after(*store, 10).signed_records == limits::ledger_seal_records);
}

TEST_CASE("a checkpoint is due after so much time, and never without need",
          "[seal]") {
  scratch directory;
  fill_unsigned(directory, 0);
  opened_sealer of{directory};
  CHECK_FALSE(of.work->due());
  of.work->grew(1, of.now);
  CHECK(of.work->due() == of.now + limits::ledger_seal_interval);
  // Later records do not put it off.
  of.work->grew(2, of.now + limits::ledger_seal_interval / 2);
  CHECK(of.work->due() == of.now + limits::ledger_seal_interval);
  of.work->grew(limits::ledger_seal_records, of.now);
  CHECK(*of.work->due() <= of.now);
}

TEST_CASE("a long ledger is signed in slices", "[seal]") {
  scratch directory;
  fill_unsigned(directory, 1'500);
  opened_sealer of{directory};
  size_t slices = 0;
  while (of.work->due()) {
    auto made = of.work->step(of.db, of.scan, of.memory, 300, of.now);
    REQUIRE(made);
    ++slices;
    CHECK(bool{*made} == of.work->is_done());
  }
  CHECK(slices == 5);
  CHECK(of.work->signed_size() == 1'500);
}

TEST_CASE("what was written and is not on the disk is never signed", "[seal]") {
  scratch directory;
  fill_unsigned(directory, 300);
  opened_sealer of{directory};
  SECTION("because memory has other records") {
    tree_hasher hasher;
    tree_edge other;
    for (uint64_t i = 0; i < of.size; ++i)
      other.append(hasher, {});
    of.memory = other;
  }
  SECTION("because memory has more") {
    tree_hasher hasher;
    of.memory.append(hasher, {});
  }
  // The first slice may only have read.
  auto made = of.work->step(of.db, of.scan, of.memory, 1'000, of.now);
  for (int tries = 0; tries < 3; ++tries) {
    REQUIRE_FALSE((made && *made));
    made = of.work->step(of.db, of.scan, of.memory, 1'000, of.now);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::store_corrupt);
  }
  CHECK(of.work->signed_size() == 0);
  CHECK(*of.db.query_integer("SELECT count(*) FROM ledger_checkpoint") == 0);
}

TEST_CASE("an edit before the first checkpoint closes the store", "[seal]") {
  scratch directory;
  fill_unsigned(directory, 300);
  // In the first of three rows; the last one alone is checked when opening.
  edit_row(directory.path(), 1,
           [](loose_row& row) { row.records[3].payload.back() ^= 1; });
  auto store = open(directory.path());
  auto state = seals_after(*store, 10);
  CHECK(state.signed_records == 0);
  REQUIRE_FALSE(state.sealing);
  CHECK(state.sealing.error().code == errc::store_corrupt);
  CHECK(state.sealing.error().detail.find("edited") != std::string::npos);
  CHECK_FALSE(append(*store, changes(1)));
}

TEST_CASE("a ledger that is not what was signed does not open", "[seal]") {
  scratch directory;
  {
    auto store = open(directory.path());
    for (int i = 0; i < 3; ++i)
      REQUIRE(append(*store, changes(100)));
  }
  SECTION("because it is shorter") {
    run_sql(directory, "DELETE FROM ledger_batch WHERE first_seq = 201");
  }
  SECTION("because its checkpoint is another") {
    run_sql(directory, "UPDATE ledger_checkpoint SET note = replace(note, "
                       "'byollm', 'nollm')");
  }
  SECTION("because another key signs") {
    std::filesystem::remove(directory / "ledger.key");
    std::filesystem::remove(directory / "ledger.pub");
  }
  store_options options;
  options.directory = directory.path();
  auto opened = try_open(options);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::store_corrupt);
  // Verification says more.
  auto verdict = verify_closed_ledger(directory.path());
  if (verdict)
    CHECK_FALSE(verdict->intact);
}

TEST_CASE("another history that is whole in itself is not what was signed",
          "[seal]") {
  scratch directory, other;
  for (const auto* each : {&directory, &other})
    for (int i = 0; i < 2; ++i) {
      auto store = open(each->path());
      REQUIRE(append(*store, changes(300)));
    }
  run_sql(directory, ("ATTACH '" + (other / "byollm.db").string()
                      + "' AS o; DELETE FROM ledger_batch; "
                        "DELETE FROM ledger_node; INSERT INTO ledger_batch "
                        "SELECT * FROM o.ledger_batch; INSERT INTO ledger_node "
                        "SELECT * FROM o.ledger_node")
                       .c_str());
  store_options options;
  options.directory = directory.path();
  auto opened = try_open(options);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().detail.find("signed") != std::string::npos);
  auto verdict = verify_closed_ledger(directory.path());
  REQUIRE(verdict);
  CHECK(verdict->flaw == ledger_flaw::edited);
  CHECK(verdict->first_bad_seq == 1);
}

TEST_CASE("a deleted tail is truncated, whatever else was deleted with it",
          "[seal]") {
  scratch directory;
  {
    auto store = open(directory.path());
    for (int i = 0; i < 3; ++i)
      REQUIRE(append(*store, changes(100)));
  }
  run_sql(directory, "DELETE FROM ledger_batch WHERE first_seq = 201;"
                     "DELETE FROM ledger_node");
  auto verdict = verify_closed_ledger(directory.path());
  REQUIRE(verdict);
  CHECK(verdict->flaw == ledger_flaw::truncated);
  CHECK(verdict->first_bad_seq == 201);
}

TEST_CASE("every checkpoint reaches the anchor file, also a late one",
          "[seal]") {
  scratch directory, elsewhere;
  store_options options;
  options.directory = directory.path();
  options.anchors.file = elsewhere / "anchors";
  {
    // Not there for this run.
    auto without = open(directory.path());
    REQUIRE(append(*without, changes(2)));
  }
  {
    auto store = try_open(options);
    REQUIRE(store);
    REQUIRE(append(**store, changes(2)));
    seal(**store);
    REQUIRE(append(**store, changes(2)));
  }
  auto known = read_known_keys(directory.path());
  REQUIRE(known);
  auto text = read_file(options.anchors.file);
  std::vector<uint64_t> sizes;
  for (const auto& anchor : read_anchors(text, *known))
    sizes.push_back(anchor.head.size);
  CHECK(sizes == std::vector<uint64_t>{2, 4, 6});
  SECTION("and agrees") {
    auto store = open(directory.path());
    auto verdict = wait<expected<ledger_verdict>>(
      [&](auto done) { store->verify(text, std::move(done)); });
    REQUIRE(verdict);
    CHECK(verdict->intact);
    CHECK(verdict->anchors == 3);
  }
  SECTION("and a torn line is nobody's") {
    std::ofstream{options.anchors.file, std::ios::app} << text.substr(0, 40);
    {
      auto store = try_open(options);
      REQUIRE(store);
      REQUIRE(append(**store, changes(1)));
    }
    auto whole = read_file(options.anchors.file);
    CHECK(read_anchors(whole, *known).size() == 4);
  }
}

TEST_CASE("an older database does not sign against a newer anchor", "[seal]") {
  scratch directory, elsewhere, older;
  store_options options;
  options.directory = directory.path();
  options.anchors.file = elsewhere / "anchors";
  {
    auto store = try_open(options);
    REQUIRE(append(**store, changes(5)));
  }
  std::filesystem::copy(directory.path(), older.path(),
                        std::filesystem::copy_options::recursive);
  {
    auto store = try_open(options);
    REQUIRE(append(**store, changes(5)));
  }
  auto before = read_file(options.anchors.file);
  options.directory = older.path();
  auto flaw = "rolled back";
  {
    auto store = try_open(options);
    REQUIRE(store);
    auto state = (*store)->seals();
    REQUIRE_FALSE(state.sealing);
    CHECK(state.sealing.error().detail.find(flaw) != std::string::npos);
    // Calls go on, towards a history of its own.
    REQUIRE(append(**store, changes(7)));
    CHECK_FALSE(wait<expected<uint64_t>>(
      [&](auto done) { (*store)->seal(std::move(done)); }));
  }
  CHECK(read_file(options.anchors.file) == before);
  {
    auto store = try_open(options);
    auto state = (*store)->seals();
    REQUIRE_FALSE(state.sealing);
    CHECK(state.sealing.error().detail.find("forked") != std::string::npos);
    auto verdict = wait<expected<ledger_verdict>>(
      [&](auto done) { (*store)->verify(before, std::move(done)); });
    REQUIRE(verdict);
    CHECK_FALSE(verdict->intact);
  }
}
