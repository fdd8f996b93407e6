// SPDX-License-Identifier: Apache-2.0
// Goal: a store of version 1 is taken forward with every record, hash and root
// as it was, damage included. Method: a file made with version 1's own SQL, in
// which this build's encoder and tree wrote the records, as version 1 did.
#include "rows.hpp"
#include "sample.hpp"

#include "app/ledger/row.hpp"
#include "app/store/engine.hpp"
#include "app/store/schema.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::sample;

namespace {

// The ledger's tables as version 1 made them, word for word; the others are
// this build's.
constexpr const char* ledger_of_version_1 = R"(
CREATE TABLE ledger_record (
  seq INTEGER PRIMARY KEY,
  public BLOB NOT NULL,
  leaf BLOB NOT NULL,
  payload BLOB,
  payload_hash BLOB,
  CHECK ((payload IS NULL) <> (payload_hash IS NULL))
) STRICT;

CREATE TABLE ledger_call (
  call TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_batch (
  last_seq INTEGER PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  root BLOB NOT NULL,
  open_from INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger_node (
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;
)";

template <class T>
T must(expected<T> result) {
  if (!result)
    FAIL(describe(result.error()));
  return *std::move(result);
}

/// Writes a ledger as version 1 did.
class version_1 {
public:
  explicit version_1(const std::filesystem::path& directory)
      : db_(must(database::open(database_file(directory)))) {
    // Everything but the ledger is as in the first step of our migrations.
    must(migrate(db_, database_file(directory), all_migrations().first(1)));
    must(db_.run("DROP TABLE ledger_record; DROP TABLE ledger_call;"
                 "DROP TABLE ledger_batch; DROP TABLE ledger_node;"));
    must(db_.run(ledger_of_version_1));
    record_ = must(db_.prepare("INSERT INTO ledger_record (seq, public, leaf, "
                               "payload) VALUES (?1, ?2, ?3, ?4)"));
    call_ = must(db_.prepare("INSERT INTO ledger_call (call, seq) "
                             "VALUES (?1, ?2)"));
    batch_ = must(db_.prepare("INSERT INTO ledger_batch (last_seq, first_seq, "
                              "root, open_from) VALUES (?1, ?2, ?3, 1)"));
    node_ = must(db_.prepare("INSERT INTO ledger_node (level, position, hash) "
                             "VALUES (?1, ?2, ?3)"));
  }

  void append(const std::vector<ledger_entry>& entries) {
    auto work = must(transaction::begin(db_));
    auto first = edge_.size() + 1;
    for (const auto& entry : entries)
      append_one(entry);
    auto root = edge_.root(encoder_.hasher());
    must(batch_.bind(1, integer(edge_.size()))
           .bind(2, integer(first))
           .bind(3, byte_view{root})
           .run());
    must(work.commit());
  }

  std::string root_hex() {
    return to_hex(edge_.root(encoder_.hasher()));
  }

  void run(const char* sql) {
    must(db_.run(sql));
  }

private:
  static int64_t integer(uint64_t value) {
    return static_cast<int64_t>(value);
  }

  void append_one(const ledger_entry& entry) {
    auto seq = integer(edge_.size() + 1);
    must(encoder_.encode(entry, edge_.size() + 1));
    must(record_.bind(1, seq)
           .bind(2, encoder_.public_part())
           .bind(3, byte_view{encoder_.leaf()})
           .bind(4, encoder_.payload())
           .run());
    edge_.append(
      encoder_.hasher(), encoder_.leaf(),
      [this](uint32_t level, uint64_t position, const sha256_digest& hash) {
        if (level % node_level_step == 0)
          must(node_.bind(1, int64_t{level})
                 .bind(2, integer(position))
                 .bind(3, byte_view{hash})
                 .run());
      });
    auto decoded = must(decode_public(encoder_.public_part()));
    if (auto call = decoded.fields.text(field::call); !call.empty())
      must(call_.bind(1, call).bind(2, seq).run());
  }

  database db_;
  statement record_, call_, batch_, node_;
  record_encoder encoder_{bytes(32, 7)};
  tree_edge edge_;
};

// Small and large batches, calls of both kinds of id, one left open.
std::string make_version_1(const std::filesystem::path& directory) {
  version_1 ledger{directory};
  const std::string uuid = "018f3c2e-0000-7000-8000-000000000001";
  ledger.append({intent("call-1"), outcome("call-1"), intent("call-1", 2)});
  ledger.append({outcome("call-1", 2), refusal("call-2"), change()});
  ledger.append(std::vector<ledger_entry>(2'500, change()));
  ledger.append({intent(uuid)});
  ledger.append({outcome(uuid), intent("call-3")});
  return ledger.root_hex();
}

constexpr uint64_t made_records = 2'509;

std::vector<uint64_t> of_call(store& in, std::string call) {
  std::vector<uint64_t> result;
  for (const auto& row : must(list(in, {.call = std::move(call)})))
    result.push_back(row.seq);
  return result;
}

using seqs = std::vector<uint64_t>;

} // namespace

TEST_CASE("a ledger of version 1 is packed as it is", "[migration]") {
  scratch directory;
  auto root = make_version_1(directory.path());
  auto before = verify_closed_ledger(directory.path());
  REQUIRE(before);
  INFO(before->problem);
  CHECK(before->intact);
  CHECK(before->records == made_records);
  CHECK(before->root_hex == root);
  CHECK(std::filesystem::exists(directory / "byollm.db.v1.backup"));
  auto store = open(directory.path());
  // The outcome that recovery gave the intent left open.
  CHECK(verify(*store).records == made_records + 1);
  CHECK(of_call(*store, "call-1") == seqs{1, 2, 3, 4});
  CHECK(of_call(*store, "call-2") == seqs{5});
  CHECK(of_call(*store, "018f3c2e-0000-7000-8000-000000000001")
        == seqs{2'507, 2'508});
  CHECK(of_call(*store, "call-3") == seqs{2'509, 2'510});
  auto rows = must(list(*store, {.newest_first = true, .limit = 1}));
  CHECK(value(rows.at(0), "status") == "unknown");
}

TEST_CASE("a large batch of version 1 is split at the bound of a row",
          "[migration]") {
  scratch directory;
  make_version_1(directory.path());
  open(directory.path());
  for (uint64_t first : {7, 7 + 1'024})
    CHECK(read_row(directory.path(), first).records.size() == 1'024);
  CHECK(read_row(directory.path(), 7 + 2'048).last_seq == 2'506);
}

TEST_CASE("what retention removed before stays removed", "[migration]") {
  scratch directory;
  make_version_1(directory.path());
  {
    auto db = must(database::open(directory / "byollm.db"));
    auto payload = must(db.prepare("SELECT payload FROM ledger_record "
                                   "WHERE seq = 1"));
    REQUIRE(must(payload.step()));
    auto hash = tree_hasher{}.payload(payload.blob(0));
    payload.reset();
    auto remove = must(db.prepare("UPDATE ledger_record SET payload = NULL, "
                                  "payload_hash = ?1 WHERE seq = 1"));
    must(remove.bind(1, byte_view{hash}).run());
  }
  auto store = open(directory.path());
  CHECK(verify(*store).intact);
  CHECK(value(must(list(*store)).at(0), "payload") == "removed");
}

TEST_CASE("a migration hides no damage", "[migration]") {
  scratch directory;
  make_version_1(directory.path());
  auto damage = [&](const char* sql) {
    auto db = must(database::open(directory / "byollm.db"));
    must(db.run(sql));
  };
  auto named = [&](uint64_t seq, std::string_view kind) {
    auto verdict = must(verify_closed_ledger(directory.path()));
    INFO(verdict.problem);
    CHECK_FALSE(verdict.intact);
    CHECK(verdict.first_bad_seq == seq);
    CHECK(verdict.problem.substr(0, kind.size()) == kind);
  };
  SECTION("an edited record") {
    damage("UPDATE ledger_record SET public = CAST(substr(public, 1, 15) || "
           "'b' || substr(public, 17) AS BLOB) WHERE seq = 2");
    named(2, "edited");
  }
  SECTION("an edited leaf") {
    damage("UPDATE ledger_record SET leaf = x'00' WHERE seq = 5");
    named(5, "edited");
  }
  SECTION("an edited root") {
    damage("UPDATE ledger_batch SET root = zeroblob(32) WHERE last_seq = 2506");
    named(2'055, "edited");
  }
  SECTION("a deleted record") {
    damage("DELETE FROM ledger_record WHERE seq = 2");
    named(2, "missing");
  }
  SECTION("a deleted root") {
    damage("DELETE FROM ledger_batch WHERE last_seq = 3");
    store_options options;
    options.directory = directory.path();
    auto refused = try_open(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::store_corrupt);
    auto db = must(database::open(directory / "byollm.db"));
    CHECK(must(db.query_integer("PRAGMA user_version")) == 1);
  }
}

TEST_CASE("the index of calls gets their tenants", "[migration]") {
  scratch directory;
  const std::string uuid = "018f3c2e-0000-7000-8000-000000000001";
  {
    auto store = open(directory.path());
    auto other = refusal(uuid);
    other.context = context("other");
    REQUIRE(append(*store, {refusal("call-1"), other, refusal(uuid)}));
  }
  {
    auto db = must(database::open(directory / "byollm.db"));
    // As version 8 left it.
    must(db.run("ALTER TABLE ledger_call RENAME TO call_9; "
                "CREATE TABLE ledger_call (call ANY NOT NULL, seq INTEGER NOT "
                "NULL, intent INTEGER, PRIMARY KEY (call, seq)) STRICT, "
                "WITHOUT ROWID; "
                "INSERT INTO ledger_call SELECT call, seq, intent FROM call_9; "
                "DROP TABLE call_9; DROP INDEX usage_day_of_line; "
                "PRAGMA user_version = 8"));
  }
  auto store = open(directory.path());
  auto of = [&](std::string tenant, std::string call) {
    seqs result;
    for (const auto& row : must(list(
           *store, {.tenant = std::move(tenant), .call = std::move(call)})))
      result.push_back(row.seq);
    return result;
  };
  CHECK(of("acme", "call-1") == seqs{1});
  CHECK(of("acme", uuid) == seqs{3});
  CHECK(of("other", uuid) == seqs{2});
  CHECK(of("", uuid) == seqs{2, 3});
  CHECK(of("other", "call-1").empty());
}
