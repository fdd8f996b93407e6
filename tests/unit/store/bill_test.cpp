// SPDX-License-Identifier: Apache-2.0
// Goal: each attempt is billed once, as what its intent was, and usage is what
// the outcomes sum up to. Method: the public interface; then a damaged row of
// each table, which the check must find.
#include "sample.hpp"

#include "app/store/bill_table.hpp"

#include <catch2/catch.hpp>

#include <sqlite3.h>

#include <limits>

using namespace byollm;
using namespace byollm::sample;

namespace {

constexpr int64_t day_ms = 86'400'000;
constexpr auto most
  = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

intent_record platform_intent(std::string call, uint32_t attempt = 1) {
  auto made = intent(std::move(call), attempt);
  made.target = platform_target();
  made.model = "gpt";
  return made;
}

outcome_record platform_outcome(std::string call, std::optional<uint64_t> micro,
                                uint32_t attempt = 1) {
  auto made = outcome(std::move(call), attempt);
  made.billing = billing_class::platform;
  made.bill = {micro, micro ? 3u : 0u, unpriced::none};
  return made;
}

// The store tells a batch that cannot be recorded apart by these words.
bool is_refused(const expected<uint64_t>& appended, std::string_view why) {
  return !appended && appended.error().code == errc::invalid_request
         && appended.error().detail.find(why) != std::string::npos;
}

int execute(const scratch& directory, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((directory / "byollm.db").c_str(), &db) == SQLITE_OK);
  auto code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK)
    CHECK(sqlite3_total_changes(db) > 0);
  sqlite3_close(db);
  return code;
}

// Two users, two days, both classes, with and without a price and usage.
void fill(store& to) {
  auto bobs = platform_intent("call-3");
  bobs.context = context("acme", "bob");
  bobs.purpose = "";
  auto bobs_end = platform_outcome("call-3", 70);
  bobs_end.context = bobs.context;
  bobs_end.finished_unix_ms += day_ms;
  auto unknown = platform_outcome("call-4", {});
  unknown.usage = {};
  REQUIRE(append(to, {intent("call-1"), platform_intent("call-2"), bobs}));
  REQUIRE(append(to, {outcome("call-1"), platform_outcome("call-2", 190),
                      bobs_end, refusal("call-9"), change()}));
  REQUIRE(append(to, {platform_intent("call-4"), unknown}));
}

} // namespace

TEST_CASE("usage sums up by day, user, extension, purpose, class and model",
          "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  fill(*store);
  auto rows = usage(*store);
  REQUIRE(rows.size() == 3);
  auto day = std::chrono::sys_days{std::chrono::days{19'675}};
  CHECK(rows[0]
        == usage_row{day, "acme", "ada", "novel-writer", "chain_narrator",
                     billing_class::byollm, "anthropic", "claude-sonnet", 1, 0,
                     0, 10, 0, 0, 20, 5, 0});
  // The second attempt's usage and cost are unknown: counted, not added.
  CHECK(rows[1]
        == usage_row{day, "acme", "ada", "novel-writer", "chain_narrator",
                     billing_class::platform, "openai", "gpt", 2, 1, 1, 10, 0,
                     0, 20, 5, 190});
  CHECK(rows[2].day == day + std::chrono::days{1});
  CHECK(rows[2].user == "bob");
  CHECK(rows[2].purpose.empty());
  CHECK(rows[2].cost_micro == 70);
  CHECK(check_bill(*store).intact);
  store.reset();
  CHECK(usage(*open(directory.path())) == rows);
}

TEST_CASE("usage is found by each of its columns", "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  fill(*store);
  auto day = std::chrono::sys_days{std::chrono::days{19'675}};
  auto count = [&](usage_filter which) {
    return usage(*store, std::move(which)).size();
  };
  CHECK(count({.first_day = day + std::chrono::days{1}}) == 1);
  CHECK(count({.last_day = day}) == 2);
  CHECK(count({.first_day = day, .last_day = day}) == 2);
  CHECK(count({.tenant = "acme"}) == 3);
  auto one_day_of = [&](std::string user, usage_filter which = {}) {
    which.first_day = which.last_day = day;
    which.tenant = "acme";
    which.user = std::move(user);
    which.extension = "novel-writer";
    return count(which);
  };
  CHECK(one_day_of("ada") == 2);
  CHECK(one_day_of("ada", {.billing = billing_class::byollm}) == 1);
  CHECK(one_day_of("ada", {.model = "gpt"}) == 1);
  CHECK(one_day_of("bob") == 0);
  CHECK(count({.tenant = "umbrella"}) == 0);
  CHECK(count({.user = "bob"}) == 1);
  CHECK(count({.extension = "other"}) == 0);
  CHECK(count({.purpose = "chain_narrator"}) == 2);
  CHECK(count({.purpose = ""}) == 1);
  CHECK(count({.billing = billing_class::byollm}) == 1);
  CHECK(count({.provider = "openai"}) == 2);
  CHECK(count({.model = "claude-sonnet"}) == 1);
}

TEST_CASE("the cost is in the record, and covered by its hash", "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  fill(*store);
  auto of = [&](std::string call) {
    auto rows = list(*store, {.call = std::move(call)});
    REQUIRE(rows);
    REQUIRE(rows->size() == 2);
    return rows->back();
  };
  CHECK(value(of("call-1"), "cost_micro") == "0");
  CHECK(value(of("call-1"), "price_version") == "(missing)");
  CHECK(value(of("call-2"), "cost_micro") == "190");
  CHECK(value(of("call-2"), "price_version") == "3");
  CHECK(value(of("call-4"), "cost_micro") == "unpriced");
  CHECK(verify(*store).intact);
}

TEST_CASE("an outcome needs its open intent, and there is one of it",
          "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  constexpr auto orphan = "without its open intent";
  CHECK(is_refused(append(*store, {outcome("call-1")}), orphan));
  REQUIRE(append(*store, {intent("call-1")}));
  CHECK(is_refused(append(*store, {outcome("call-1", 2)}), orphan));
  auto stranger = outcome("call-1");
  stranger.context = context("umbrella");
  CHECK(is_refused(append(*store, {stranger}), orphan));
  REQUIRE(append(*store, {outcome("call-1")}));
  CHECK(is_refused(append(*store, {outcome("call-1")}), orphan));
  CHECK(is_refused(
    append(*store, {intent("call-2"), outcome("call-2"), outcome("call-2")}),
    orphan));
  // What was refused left nothing behind, the intent beside it included.
  CHECK(is_refused(append(*store, {outcome("call-2")}), orphan));
  CHECK(list(*store)->size() == 2);
  CHECK(usage(*store).size() == 1);
  CHECK(store->health());
  CHECK(check_bill(*store).intact);
}

TEST_CASE("an attempt that is recorded again is not billed again", "[bill]") {
  scratch directory;
  {
    auto store = open(directory.path());
    REQUIRE(append(*store,
                   {platform_intent("call-1"), platform_outcome("call-1", 5)}));
    REQUIRE(append(*store, {platform_intent("call-1")}));
    CHECK(is_refused(append(*store, {platform_outcome("call-1", 5)}),
                     "has an outcome and is billed"));
    CHECK(check_bill(*store).intact);
  }
  // Nor does recovery, which finds that intent open.
  auto store = open(directory.path());
  CHECK(list(*store)->size() == 3);
  CHECK(usage(*store).front().cost_micro == 5);
  CHECK(verify(*store).intact);
  CHECK(check_bill(*store).intact);
}

TEST_CASE("an outcome is of its intent's class, whatever it says", "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(append(*store, {platform_intent("call-1"), intent("call-2")}));
  constexpr auto other = "billed as its intent is";
  CHECK(is_refused(append(*store, {outcome("call-1")}), other));
  CHECK(is_refused(append(*store, {platform_outcome("call-2", 7)}), other));
  auto priced = outcome("call-2");
  priced.bill.micro = 7;
  CHECK(is_refused(append(*store, {priced}), "costs nothing"));
  // The intents are still open.
  CHECK(append(*store, {platform_outcome("call-1", 7), outcome("call-2")}));
  CHECK(check_bill(*store).intact);
}

TEST_CASE("an intent that a crash left open is billed as unknown", "[bill]") {
  scratch directory;
  {
    auto store = open(directory.path());
    REQUIRE(append(*store, {platform_intent("call-1"), intent("call-2")}));
  }
  auto store = open(directory.path());
  auto rows = usage(*store);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].billing == billing_class::byollm);
  CHECK(rows[0].unpriced == 0);
  CHECK(rows[1].billing == billing_class::platform);
  CHECK(rows[1].purpose == "chain_narrator");
  CHECK(rows[1].unpriced == 1);
  CHECK(rows[1].unknown_usage == 1);
  CHECK(check_bill(*store).intact);
}

TEST_CASE("sums stop at their bound, and the ledger goes on", "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  for (int i = 0; i < 6; ++i) {
    auto call = "call-" + std::to_string(i);
    auto end = platform_outcome(call, most - 1);
    end.usage.output = std::numeric_limits<uint64_t>::max();
    std::vector<ledger_entry> batch{platform_intent(call), end};
    if (i % 2 == 0) { // within one commit, and across commits
      auto second = call + "b";
      end.call = second;
      batch.emplace_back(platform_intent(second));
      batch.emplace_back(end);
    }
    REQUIRE(append(*store, std::move(batch)));
  }
  auto rows = usage(*store);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].attempts == 9);
  CHECK(rows[0].output == most);
  CHECK(rows[0].cost_micro == most);
  CHECK(rows[0].input_uncached == 90);
  CHECK(check_bill(*store).intact);
}

TEST_CASE("a cost on a user's own LLM does not fit into the table", "[bill]") {
  scratch directory;
  fill(*open(directory.path()));
  auto own = std::string{"UPDATE bill SET cost_micro = "};
  CHECK(execute(directory, own + "1 WHERE billing = 1") == SQLITE_CONSTRAINT);
  CHECK(execute(directory, own + "NULL WHERE billing = 1")
        == SQLITE_CONSTRAINT);
  CHECK(execute(directory, own + "0 WHERE billing = 1") == SQLITE_OK);
}

TEST_CASE("a damaged bill is found, and where", "[bill]") {
  struct row {
    const char* sql;
    uint64_t seq;
    const char* problem;
  };
  constexpr auto no_row = "billed: the bill has no such row for this outcome";
  constexpr auto too_many = "billed: the bill has rows that no outcome made";
  constexpr auto sum = "billed: a day's usage is not the sum of its outcomes";
  const row table[] = {
    {"UPDATE bill SET cost_micro = 189 WHERE call = 'call-2'", 5, no_row},
    {"UPDATE bill SET cost_micro = 0 WHERE call = 'call-4'", 10, no_row},
    {"UPDATE bill SET attempt = 2 WHERE call = 'call-2'", 5, no_row},
    {"UPDATE bill SET tenant = 'x' WHERE call = 'call-2'", 5, no_row},
    {"UPDATE bill SET intent = 1 WHERE call = 'call-2'", 5, no_row},
    {"UPDATE bill SET line = 77 WHERE call = 'call-1'", 4, no_row},
    {"UPDATE bill SET billing = 1, cost_micro = 0 WHERE call = 'call-2'", 5,
     no_row},
    {"DELETE FROM bill WHERE call = 'call-3'", 6, no_row},
    {"UPDATE usage_line SET user = 'eve' WHERE id = 1", 4, no_row},
    {"UPDATE usage_line SET purpose = 'eve' WHERE id = 1", 4, no_row},
    {"INSERT INTO bill SELECT 'call-8', tenant, attempt, seq, intent, line, "
     "billing, cost_micro FROM bill WHERE call = 'call-2'",
     0, too_many},
    {"UPDATE usage_day SET cost_micro = cost_micro - 1 WHERE cost_micro > 0", 0,
     sum},
    {"UPDATE usage_day SET output = output + 1", 0, sum},
    {"UPDATE usage_day SET day = day + 1 WHERE line = 1", 0, sum},
    {"DELETE FROM usage_day WHERE line = 3", 0, sum},
  };
  for (const auto& [sql, seq, problem] : table) {
    CAPTURE(sql);
    scratch directory;
    fill(*open(directory.path()));
    REQUIRE(execute(directory, sql) == SQLITE_OK);
    auto store = open(directory.path());
    CHECK(verify(*store).intact); // the records are as they were
    auto found = check_bill(*store);
    CHECK_FALSE(found.intact);
    CHECK(found.first_bad_seq == seq);
    CHECK(found.problem == problem);
  }
}

TEST_CASE("a check of many records is of one moment", "[bill]") {
  scratch directory;
  auto store = open(directory.path());
  std::promise<void> done;
  size_t left = 60;
  // Appends go on while the check runs, which still ends.
  std::function<void(size_t)> next = [&](size_t number) {
    std::vector<ledger_entry> batch;
    for (int i = 0; i < 100; ++i) {
      auto call = std::to_string(number) + "-" + std::to_string(i);
      batch.emplace_back(platform_intent(call));
      batch.emplace_back(platform_outcome(call, 1));
    }
    store->append(std::move(batch), [&, number](expected<uint64_t> seq) {
      if (!seq || --left == 0)
        return done.set_value();
      next(number + 1);
    });
  };
  for (size_t i = 0; i < 10; ++i)
    REQUIRE(append(*store, std::vector<ledger_entry>(1'000, change())));
  next(0);
  auto verdict = check_bill(*store);
  INFO(verdict.problem);
  CHECK(verdict.intact);
  done.get_future().get();
  CHECK(left == 0);
  CHECK(usage(*store).front().cost_micro == 6'000);
  CHECK(check_bill(*store).intact);
}

TEST_CASE("days begin at midnight UTC, also before 1970", "[bill]") {
  CHECK(day_of(0) == 0);
  CHECK(day_of(day_ms - 1) == 0);
  CHECK(day_of(day_ms) == 1);
  CHECK(day_of(-1) == -1);
  CHECK(day_of(-day_ms) == -1);
  CHECK(day_of(-day_ms - 1) == -2);
}

TEST_CASE("a store from before there was a bill gets one", "[bill]") {
  scratch directory;
  std::vector<usage_row> before;
  {
    auto store = open(directory.path());
    fill(*store);
    before = usage(*store);
  }
  // As version 3 left it: outcomes in the index of calls, and no bill.
  REQUIRE(execute(directory,
                  "DROP TABLE ledger_call; "
                  "CREATE TABLE ledger_call (call ANY NOT NULL, seq INTEGER "
                  "NOT NULL, intent INTEGER, PRIMARY KEY (call, seq)) STRICT, "
                  "WITHOUT ROWID; "
                  "INSERT INTO ledger_call SELECT call, seq, intent FROM bill; "
                  "DROP TABLE bill; DROP TABLE usage_day; "
                  "DROP TABLE usage_line; DROP TABLE price; "
                  "DROP TABLE tenant_trust; "
                  "ALTER TABLE platform_config DROP COLUMN unknown_price; "
                  "ALTER TABLE llm_config DROP COLUMN change_seq; "
                  "ALTER TABLE llm_config DROP COLUMN mac; "
                  "DROP TABLE config_seal; "
                  "DROP TABLE service_token; DROP TABLE access; "
                  "DROP TABLE client_token; DROP TABLE key_refusal; "
                  "ALTER TABLE llm_config DROP COLUMN embedding_model; "
                  "PRAGMA user_version = 3")
          == SQLITE_OK);
  auto store = open(directory.path());
  CHECK(usage(*store) == before);
  CHECK(check_bill(*store).intact);
  CHECK(list(*store, {.call = "call-2"})->size() == 2);
}
