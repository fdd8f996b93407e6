// SPDX-License-Identifier: Apache-2.0
// Goal: a long read holds nobody up, ends where the ledger did when it began,
// and loses nothing between its slices. Method: reads stepped by hand over a
// closed store.
#include "sample.hpp"

#include "app/ledger/checkpoint.hpp"
#include "app/store/bill_reader.hpp"
#include "app/store/long_read.hpp"
#include "app/store/record_filter.hpp"
#include "app/store/usage_query.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <optional>

using namespace byollm;
using namespace byollm::sample;

namespace {

constexpr int64_t day_ms = 86'400'000;

template <class T>
T must(expected<T> result) {
  if (!result)
    FAIL(describe(result.error()));
  return *std::move(result);
}

/// A store's tables, without its thread.
struct opened {
  explicit opened(const scratch& directory)
      : db(must(database::open(directory / "byollm.db"))),
        scan(must(ledger_scan::open(db))),
        calls(must(call_records::open(db, none))),
        checkpoints(must(checkpoint_table::open(db))) {
    // nop
  }

  open_intents none;
  database db;
  ledger_scan scan;
  call_records calls;
  checkpoint_table checkpoints;
};

template <class Result>
struct outcome_of_read {
  std::optional<Result> told;
  int steps = 0;
};

// Runs what `make` makes of a callback to its end.
template <class Result, class Make>
outcome_of_read<Result> run(opened& in, Make make) {
  outcome_of_read<Result> result;
  auto read
    = make([&](expected<Result> told) { result.told = must(std::move(told)); });
  do
    ++result.steps;
  while (!read->step(in.scan));
  return result;
}

auto run_list(opened& in, ledger_filter which, uint64_t size) {
  return run<std::vector<ledger_row>>(in, [&](auto done) {
    return make_list(std::move(which), size, in.calls, std::move(done));
  });
}

auto run_bill_check(opened& in, std::function<uint64_t()> size) {
  return run<ledger_verdict>(in, [&](auto done) {
    return make_bill_check(in.db, size, std::move(done));
  });
}

// As many calls on the platform's account, each a day after the one before.
void fill(const scratch& directory, int calls) {
  auto store = open(directory.path());
  std::vector<ledger_entry> batch;
  for (int i = 0; i < calls; ++i) {
    auto call = "call-" + std::to_string(i);
    batch.emplace_back(intent(call));
    auto end = outcome(call);
    end.finished_unix_ms = i * day_ms;
    batch.emplace_back(std::move(end));
  }
  REQUIRE(append(*store, std::move(batch)));
}

} // namespace

TEST_CASE("a list ends where the ledger did when it was asked", "[long_read]") {
  scratch directory;
  fill(directory, 10);
  opened in{directory};
  CHECK(run_list(in, {}, 7).told->size() == 7);
  CHECK(run_list(in, {.to_seq = 3}, 7).told->size() == 3);
  CHECK(run_list(in, {.to_seq = 9}, 7).told->size() == 7);
  CHECK(run_list(in, {.from_seq = 5, .to_seq = 6}, 20).told->size() == 2);
  auto newest = run_list(in, {.newest_first = true, .limit = 2}, 7).told;
  REQUIRE(newest->size() == 2);
  CHECK(newest->front().seq == 7);
  CHECK(run_list(in, {.call = "call-3"}, 7).told->size() == 1);
}

TEST_CASE("stats end where the ledger did when they were asked for",
          "[long_read]") {
  scratch directory;
  fill(directory, 10);
  opened in{directory};
  auto rows = run<std::vector<ledger_stats_row>>(in, [&](auto done) {
                return make_stats({}, 7, std::move(done));
              }).told;
  CHECK(rows->size() == 3);
}

TEST_CASE("what is known of a pair only is looked up in small slices",
          "[long_read]") {
  scratch directory;
  fill(directory, 200);
  opened in{directory};
  ledger_filter which{.purpose = "chain_narrator", .limit = 1'000};
  auto listed = run_list(in, which, 400);
  CHECK(listed.told->size() == 400);
  CHECK(listed.steps >= static_cast<int>(400 / slice_facts));
  auto exported = run<ledger_chunk>(in, [&](auto done) {
    return make_export(which, 400, {&in.checkpoints}, in.calls,
                       std::move(done));
  });
  CHECK(exported.steps >= static_cast<int>(400 / slice_facts));
  CHECK(exported.told->next_seq == 0);
  auto& lines = exported.told->lines;
  size_t records = 0;
  for (auto at = lines.find("\"seq\""); at != std::string::npos;
       at = lines.find("\"seq\"", at + 1))
    ++records;
  CHECK(records == 400);
}

TEST_CASE("a bill of many rows and days is compared in slices", "[long_read]") {
  scratch directory;
  constexpr int calls = 2 * slice_bill_rows + 100;
  fill(directory, calls);
  opened in{directory};
  auto size = [] { return uint64_t{2 * calls}; };
  SECTION("whole") {
    auto checked = run_bill_check(in, size);
    INFO(checked.told->problem);
    CHECK(checked.told->intact);
    CHECK(checked.told->records == 2 * calls);
    // A slice for each row of records; three each of the bill's rows, which
    // begin with the last of those, and of days; and a look for more days.
    constexpr int rows
      = (2 * calls + limits::ledger_batch_max - 1) / limits::ledger_batch_max;
    CHECK(checked.steps == rows - 1 + 3 + 3 + 1);
  }
  SECTION("a row too many") {
    auto name = GENERATE("'a'", "'zzz'", "x'00'", "7");
    CAPTURE(name);
    auto sql = "INSERT INTO bill SELECT " + std::string{name}
               + ", tenant, attempt, seq, intent, line, billing, cost_micro "
                 "FROM bill WHERE call = 'call-2'";
    must(in.db.run(sql.c_str()));
    CHECK(run_bill_check(in, size).told->problem
          == "billed: the bill has rows that no outcome made");
  }
  SECTION("a row of a record that is not there") {
    must(in.db.run("INSERT INTO bill SELECT 'x', tenant, attempt, 1000000, "
                   "intent, line, billing, cost_micro FROM bill "
                   "WHERE call = 'call-2'"));
    CHECK(run_bill_check(in, size).told->problem
          == "billed: the bill has rows that no outcome made");
  }
  SECTION("a day's sum") {
    auto where = GENERATE("day = 0", "day = 3000", "day = 4195");
    auto what = GENERATE("UPDATE usage_day SET output = output + 1 WHERE ",
                         "DELETE FROM usage_day WHERE ");
    CAPTURE(what, where);
    must(in.db.run((std::string{what} + where).c_str()));
    CHECK(run_bill_check(in, size).told->problem
          == "billed: a day's usage is not the sum of its outcomes");
  }
  SECTION("a day too many") {
    auto day = GENERATE("-9223372036854775807 - 1", "2000", "9000");
    CAPTURE(day);
    auto sql = std::string{"INSERT INTO usage_day SELECT "} + day
               + ", 77, attempts, unknown_usage, unpriced, input_uncached, "
                 "cache_read, cache_write, output, reasoning, cost_micro FROM "
                 "usage_day WHERE day = 5";
    must(in.db.run(sql.c_str()));
    CHECK(run_bill_check(in, size).told->problem
          == "billed: a day's usage is not the sum of its outcomes");
  }
}

TEST_CASE("an anchor file is read in slices", "[long_read]") {
  scratch directory;
  fill(directory, 2);
  opened in{directory};
  std::array<uint8_t, ed25519_seed_bytes> seed = {};
  auto key = must(ed25519_key::make(seed));
  auto origin = origin_of("00112233445566778899aabbccddeeff");
  seal_view view{nullptr, {{origin, key.public_key()}}, origin, {}};
  for (int i = 0; i < 1'000; ++i)
    view.anchors += "byollm/x 1 y z\n";
  auto verify = [&] {
    return run<ledger_verdict>(
      in, [&](auto done) { return make_verify(4, view, std::move(done)); });
  };
  auto note = must(sign_checkpoint({origin, {400, {}}}, key));
  view.anchors += anchor_line(note) + "\n";
  auto verified = verify();
  CHECK(verified.steps > 10);
  CHECK(verified.told->flaw == ledger_flaw::rolled_back);
}

TEST_CASE("usage of one's own is found without that of others", "[long_read]") {
  scratch directory;
  fill(directory, 1);
  opened in{directory};
  auto plan = [&](const usage_filter& which) {
    std::string steps;
    auto explain
      = must(in.db.prepare("EXPLAIN QUERY PLAN " + usage_sql(which)));
    while (must(explain.step()))
      steps += std::string{explain.text(3)} + "; ";
    return steps;
  };
  usage_filter which;
  CHECK(plan(which).find("SCAN") == std::string::npos);
  which.tenant = "acme";
  which.user = GENERATE("", "ada");
  which.extension = GENERATE("", "notes");
  auto steps = plan(which);
  CAPTURE(steps);
  CHECK(steps.find("SCAN") == std::string::npos);
  CHECK(steps.find("SEARCH l") != std::string::npos);
  CHECK(steps.find("usage_day_of_line") != std::string::npos);
}
