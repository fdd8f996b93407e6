// SPDX-License-Identifier: Apache-2.0
// Goal: a long read holds nobody up, ends where the ledger did when it began,
// and loses nothing between its slices. Method: reads stepped by hand over a
// closed store.
#include "stepped.hpp"

#include "app/ledger/checkpoint.hpp"
#include "app/store/bill_reader.hpp"
#include "app/store/record_filter.hpp"
#include "app/store/wanted_read.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <optional>

using namespace byollm;
using namespace byollm::sample;

namespace {

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

TEST_CASE("a list makes few rows at a time", "[long_read]") {
  scratch directory;
  fill(directory, 400);
  opened in{directory};
  auto listed = run_list(in, {.limit = 1'000}, 800);
  CHECK(listed.told->size() == 800);
  CHECK(listed.steps >= static_cast<int>(800 / slice_rows));
}

TEST_CASE("a call's records are looked up in small slices", "[long_read]") {
  scratch directory;
  constexpr int tenants = 60;
  {
    auto store = open(directory.path());
    for (int i = 0; i < tenants; ++i) {
      auto asked = intent("call-1");
      auto answered = outcome("call-1");
      asked.context = answered.context
        = sample::context("tenant-" + std::to_string(i));
      REQUIRE(append(*store, {asked, answered}));
    }
  }
  opened in{directory};
  auto all = run_list(in, {.call = "call-1"}, 2 * tenants);
  CHECK(all.steps >= 2 * tenants / static_cast<int>(slice_facts));
  REQUIRE(all.told->size() == 100);
  CHECK(all.told->back().seq == 2 * tenants);
  CHECK(std::ranges::is_sorted(*all.told, {}, &ledger_row::seq));
  auto newest = run_list(
    in, {.call = "call-1", .newest_first = true, .limit = 2}, 2 * tenants);
  CHECK(newest.steps == 1);
  CHECK(newest.told->front().seq == 2 * tenants);
  auto some = run_list(in, {.call = "call-1", .from_seq = 5, .to_seq = 8}, 100);
  CHECK(some.told->size() == 4);
}

TEST_CASE("a read that nobody waits for ends between its slices",
          "[long_read]") {
  scratch directory;
  fill(directory, 400);
  opened in{directory};
  std::vector<errc> told;
  auto gone = std::make_shared<std::atomic<bool>>(false);
  auto read
    = while_wanted(make_list({.limit = 1'000}, 800, in.calls,
                             [&](const expected<std::vector<ledger_row>>& x) {
                               told.push_back(x ? errc::none : x.error().code);
                             }),
                   gone);
  CHECK_FALSE(read->step(in.scan));
  CHECK(told.empty());
  gone->store(true);
  CHECK(read->step(in.scan));
  CHECK(told == std::vector{errc::cancelled});
}

TEST_CASE("a read that nobody waits for is not begun", "[long_read]") {
  scratch directory;
  fill(directory, 1);
  auto store = open(directory.path());
  std::promise<void> reached;
  std::promise<void> held;
  store->load_allowed("acme", [&](const auto&) {
    reached.set_value();
    held.get_future().wait();
  });
  reached.get_future().wait();
  auto gone = std::make_shared<std::atomic<bool>>(false);
  std::vector<std::future<errc>> all;
  auto note = [&all, gone](auto type) {
    auto told = std::make_shared<std::promise<errc>>();
    all.push_back(told->get_future());
    return reading<decltype(type)>{[told](const auto& x) {
                                     told->set_value(x ? errc::none
                                                       : x.error().code);
                                   },
                                   gone};
  };
  store->list({}, note(std::vector<ledger_row>{}));
  store->verify({}, note(ledger_verdict{}));
  store->usage({}, note(std::vector<usage_row>{}));
  store->stats({}, note(std::vector<ledger_stats_row>{}));
  store->prove("acme", "call-0", note(std::vector<std::string>{}));
  store->export_piece({}, 0, note(ledger_chunk{}));
  store->list_users("acme", "", 1, note(std::vector<stored_user_config>{}));
  gone->store(true);
  held.set_value();
  for (auto& each : all)
    CHECK(each.get() == errc::cancelled);
}
