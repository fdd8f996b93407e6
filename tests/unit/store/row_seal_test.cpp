// SPDX-License-Identifier: Apache-2.0
// Goal: stored LLM settings that are not what was stored last are never used,
// and nobody else's suffer. Method: a closed store's rows edited by SQL, in
// each way that somebody with the file could; then opened.
#include "rows.hpp"
#include "sample.hpp"

#include "app/store/config_table.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <mutex>

using namespace byollm;
using namespace byollm::sample;

namespace {

stored_user_config row_of(std::string user, uint32_t version) {
  return {"acme",
          std::move(user),
          "openai",
          "gpt",
          "https://api.openai.com",
          "vectors",
          true,
          false,
          fallback_policy::error,
          version,
          "key-1",
          version,
          version,
          std::vector<uint8_t>(120, static_cast<uint8_t>(version))};
}

change_record why(const std::string& user, const char* subject) {
  return {"cli", "acme", user, subject, "text", 1};
}

void save(store& to, const std::string& user, uint32_t version) {
  REQUIRE(wait<status>([&](auto done) {
    to.save_user(row_of(user, version), why(user, change_subject::user_llm),
                 done);
  }));
}

void remove(store& from, const std::string& user) {
  REQUIRE(wait<status>([&](auto done) {
    from.remove_user("acme", user, why(user, change_subject::user_llm_removed),
                     done);
  }));
}

std::optional<stored_user_config> load(store& from, std::string user) {
  auto found = wait<expected<std::optional<stored_user_config>>>(
    [&](auto done) { from.load_user("acme", std::move(user), done); });
  REQUIRE(found);
  return *found;
}

/// What the opening store said.
struct told {
  std::mutex mutex;
  std::vector<std::string> lines;

  size_t count(std::string_view text) {
    std::lock_guard guard{mutex};
    size_t result = 0;
    for (const auto& line : lines)
      result += line.find(text) != std::string::npos;
    return result;
  }
};

/// A closed store with ada at version 2 (version 1 kept aside), bob at 1, and
/// eve removed (kept aside, too); then the platform's.
struct seal_fixture {
  seal_fixture() {
    {
      auto store = open(directory.path());
      save(*store, "ada", 1);
      save(*store, "bob", 1);
      save(*store, "eve", 1);
    }
    sql("CREATE TABLE aside AS SELECT * FROM llm_config;"
        "UPDATE aside SET user = user");
    sql("CREATE TABLE aside_seal AS SELECT * FROM config_seal;"
        "UPDATE aside_seal SET id = id");
    auto store = open(directory.path());
    save(*store, "ada", 2);
    remove(*store, "eve");
  }

  void sql(const std::string& text) {
    run_sql(directory.path(), text);
  }

  void put_back(const std::string& user) {
    sql("INSERT OR REPLACE INTO llm_config SELECT * FROM aside WHERE user = '"
        + user + "'");
  }

  std::unique_ptr<store> reopen() {
    store_options options;
    options.directory = directory.path();
    options.log = [this](log_level, std::string_view text,
                         const log_fields& f) {
      std::lock_guard guard{log.mutex};
      log.lines.emplace_back(text);
      for (const auto& [name, value] : f)
        log.lines.back() += " " + std::string{name} + "=" + std::string{value};
    };
    auto opened = try_open(std::move(options));
    if (!opened)
      FAIL(describe(opened.error()));
    return *std::move(opened);
  }

  // Whose settings are stale; the others' must be whole.
  void check_stale(const std::vector<std::string>& whose) {
    auto store = reopen();
    for (const std::string user : {"ada", "bob", "eve"}) {
      auto row = load(*store, user);
      auto stale = std::count(whose.begin(), whose.end(), user) > 0;
      INFO(user);
      CHECK((row && row->is_stale) == stale);
      if (stale)
        CHECK(row->envelope.empty());
      else if (user != "eve")
        CHECK(row->provider == "openai");
      else
        CHECK_FALSE(row);
    }
    CHECK(log.count("not what the ledger says") == whose.size());
  }

  /// After the three of before.
  static constexpr uint64_t last_change_of_ada = 4;

  scratch directory;
  told log;
};

} // namespace

TEST_CASE_METHOD(seal_fixture, "settings that nobody touched hold", "[rows]") {
  check_stale({});
  CHECK(log.lines.empty());
}

TEST_CASE_METHOD(seal_fixture, "an old row put back is stale", "[rows]") {
  put_back("ada");
  check_stale({"ada"});
  // Also at every later start, until it is entered again.
  log.lines.clear();
  check_stale({"ada"});
}

TEST_CASE_METHOD(seal_fixture, "a removed row put back is stale", "[rows]") {
  put_back("eve");
  check_stale({"eve"});
}

TEST_CASE_METHOD(seal_fixture, "a deleted row is stale, not absent", "[rows]") {
  sql("DELETE FROM llm_config WHERE user = 'ada'");
  check_stale({"ada"});
}

TEST_CASE_METHOD(seal_fixture, "an old row with its seal is stale", "[rows]") {
  put_back("ada");
  sql("DELETE FROM config_seal");
  SECTION("of then") {
    sql("INSERT INTO config_seal SELECT * FROM aside_seal");
  }
  SECTION("taken away") {}
  check_stale({"ada"});
}

TEST_CASE_METHOD(seal_fixture, "all old rows with their seal hold no longer",
                 "[rows]") {
  // Rows and seal fit each other then; only the ledger knows better.
  put_back("ada");
  put_back("eve");
  sql("DELETE FROM config_seal");
  sql("INSERT INTO config_seal SELECT * FROM aside_seal");
  check_stale({"ada", "eve"});
}

TEST_CASE_METHOD(seal_fixture, "an edited column makes its row no other's",
                 "[rows]") {
  auto edit = GENERATE(as<std::string>{}, "fallback = 1", "model = 'x'",
                       "base_url = 'https://evil.example'", "enabled = 0",
                       "admin_disabled = 1", "provider = 'anthropic'",
                       "epoch = 9", "key_id = 'k'", "key_version = 9",
                       "row_version = 9", "change_seq = 1", "user = 'mallory'",
                       "embedding_model = 'x'", "embedding_model = ''");
  sql("UPDATE llm_config SET " + edit + " WHERE user = 'ada'");
  auto store = reopen();
  auto row = load(*store, "ada");
  REQUIRE(row);
  CHECK(row->is_stale);
  CHECK_FALSE(load(*store, "bob")->is_stale);
}

TEST_CASE_METHOD(seal_fixture, "a seal that was damaged alone is renewed",
                 "[rows]") {
  auto edit = GENERATE(as<std::string>{}, "DELETE FROM config_seal",
                       "UPDATE config_seal SET mac = zeroblob(32)",
                       "UPDATE config_seal SET sum = zeroblob(32)",
                       "UPDATE config_seal SET rows = 7");
  sql(edit);
  check_stale({});
  CHECK(log.count("was renewed") == 1);
  log.lines.clear();
  check_stale({});
  CHECK(log.lines.empty());
}

TEST_CASE_METHOD(seal_fixture, "settings entered again are fresh again",
                 "[rows]") {
  put_back("ada");
  {
    auto store = reopen();
    REQUIRE(load(*store, "ada")->is_stale);
    save(*store, "ada", 3);
    CHECK_FALSE(load(*store, "ada")->is_stale);
  }
  log.lines.clear();
  check_stale({});
}

TEST_CASE_METHOD(seal_fixture, "what follows a stale row is not vouched for",
                 "[rows]") {
  sql("CREATE TABLE newer AS SELECT * FROM llm_config;"
      "UPDATE newer SET user = user");
  put_back("ada");
  {
    auto store = reopen();
    REQUIRE(load(*store, "ada")->is_stale);
    save(*store, "bob", 2);
    SECTION("once it is entered again") {
      save(*store, "ada", 3);
    }
    SECTION("once it is removed") {
      remove(*store, "ada");
    }
  }
  // What the seal of before would fit: ada's second key, and bob's first.
  sql("DELETE FROM llm_config");
  sql("INSERT INTO llm_config SELECT * FROM newer");
  auto store = reopen();
  CHECK(load(*store, "ada")->is_stale);
  CHECK(load(*store, "bob")->is_stale);
}

TEST_CASE_METHOD(seal_fixture, "a change that failed leaves a row stale",
                 "[rows]") {
  auto key = fingerprint_key();
  auto db = database::open(directory / "byollm.db");
  REQUIRE(db);
  auto configs = config_table::open(*db, key.bytes());
  REQUIRE(configs);
  configs->mark_stale({"user", "acme", "ada"});
  auto is_stale = [&] {
    auto row = configs->load_user("acme", "ada");
    REQUIRE(row);
    return (*row)->is_stale;
  };
  for (auto kept : {false, true}) {
    {
      auto work = transaction::begin(*db);
      REQUIRE(work);
      configs->begin_change(9);
      REQUIRE(configs->save_user(row_of("ada", 3)));
      if (kept)
        REQUIRE(work->commit());
    }
    if (kept)
      configs->keep_change();
    CHECK(is_stale() == !kept);
  }
}

TEST_CASE_METHOD(seal_fixture, "a row whose key was taken out is stale",
                 "[rows]") {
  sql("UPDATE llm_config SET envelope = x'' WHERE user = 'ada'");
  CHECK(load(*reopen(), "ada")->is_stale);
}

TEST_CASE_METHOD(seal_fixture, "a ledger that was edited judges no row",
                 "[rows]") {
  put_back("ada");
  // Ada's second change says nothing of her any more.
  edit_row(directory.path(), last_change_of_ada, [](loose_row& row) {
    auto& bytes = row.records.back().public_part;
    auto at
      = std::ranges::search(bytes, std::string_view{"user_llm"}, {}, {},
                            [](char c) { return static_cast<uint8_t>(c); });
    REQUIRE_FALSE(at.empty());
    *at.begin() = 'x';
  });
  auto store = reopen();
  CHECK(load(*store, "ada")->is_stale);
}

TEST_CASE_METHOD(seal_fixture, "a seal that says it never was does not count",
                 "[rows]") {
  put_back("ada");
  sql("UPDATE config_seal SET rows = -1");
  check_stale({"ada"});
}

TEST_CASE_METHOD(seal_fixture, "a stale row can be removed", "[rows]") {
  put_back("ada");
  {
    auto store = reopen();
    remove(*store, "ada");
    CHECK_FALSE(load(*store, "ada"));
  }
  auto store = reopen();
  CHECK_FALSE(load(*store, "ada"));
}
