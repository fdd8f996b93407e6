// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/decode.hpp"
#include "app/store/call_index.hpp"
#include "app/store/ledger_scan.hpp"
#include "app/store/schema.hpp"

#include <algorithm>

namespace byollm {

namespace {

// ledger_batch packs the records of a commit (app/store/batch.hpp); leaves
// stand before them, so that the tree is restored without reading records.
// ledger_call.call is a blob for a UUID, a text else; intent is the attempt's
// intent if seq is its outcome. The old index is derived anew.
constexpr const char* begin_version_2 = R"(
DROP TABLE ledger_call;
ALTER TABLE ledger_batch RENAME TO batch_1;

CREATE TABLE ledger_batch (
  first_seq INTEGER PRIMARY KEY,
  last_seq INTEGER NOT NULL,
  open_from INTEGER NOT NULL,
  root BLOB NOT NULL,
  leaves BLOB NOT NULL,
  records BLOB NOT NULL
) STRICT;

CREATE TABLE ledger_call (
  call ANY NOT NULL,
  seq INTEGER NOT NULL,
  intent INTEGER,
  PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;
)";

constexpr const char* end_version_2 = R"(
DROP TABLE ledger_record;
DROP TABLE batch_1;

PRAGMA user_version = 2;
)";

/// The index of calls as version 2 had it.
class index_2 {
public:
  static expected<index_2> open(database& db) {
    auto insert = db.prepare("INSERT INTO ledger_call (call, seq, intent) "
                             "VALUES (?1, ?2, ?3)");
    if (!insert)
      return insert.error();
    index_2 result;
    result.insert_ = *std::move(insert);
    return result;
  }

  status add(uint64_t seq, const public_view& record) {
    const auto& fields = record.fields;
    attempt_key which{fields.text(field::tenant), fields.text(field::call),
                      fields.number(field::attempt)};
    if (record.type == record_type::intent) {
      auto before = open_.opened({seq}, which);
      return before ? insert(which.call, *before) : unit{};
    }
    if (record.type != record_type::outcome)
      return which.call.empty() ? unit{} : insert(which.call, seq);
    auto intent = open_.closed(which);
    open_.keep();
    if (intent)
      insert_.bind(3, as_sql(intent->seq));
    return insert(which.call, seq);
  }

private:
  status insert(std::string_view call, uint64_t seq) {
    call_key key{call};
    key.bind_to(insert_, 1);
    return insert_.bind(2, as_sql(seq)).run();
  }

  open_intents open_;
  statement insert_;
};

/// Packs the rows of version 1.
class repacker {
public:
  static expected<repacker> open(database& db) {
    auto batches = db.prepare("SELECT first_seq, last_seq, open_from, root "
                              "FROM batch_1 ORDER BY last_seq");
    auto records = db.prepare("SELECT seq, public, leaf, payload, payload_hash "
                              "FROM ledger_record "
                              "WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq");
    auto insert = db.prepare(insert_batch_sql);
    auto calls = index_2::open(db);
    if (!batches || !records || !insert || !calls)
      return failure{errc::store_corrupt, "a table of the ledger is missing"};
    repacker result;
    result.batches_ = *std::move(batches);
    result.records_ = *std::move(records);
    result.insert_ = *std::move(insert);
    result.calls_ = *std::move(calls);
    return result;
  }

  /// Returns how many records were packed.
  expected<int64_t> run() {
    reset_at_end guard{batches_};
    for (;;) {
      auto found = batches_.step();
      if (!found)
        return found.error();
      if (!*found)
        return packed_;
      if (auto done = batch(); !done)
        return done.error();
    }
  }

private:
  status batch() {
    stored_batch row;
    row.first_seq = static_cast<uint64_t>(batches_.integer(0));
    row.head.size = static_cast<uint64_t>(batches_.integer(1));
    row.open_from = static_cast<uint64_t>(batches_.integer(2));
    auto root = batches_.blob(3);
    if (root.size() != row.head.root.size())
      return failure{errc::store_corrupt, "a stored root is not 32 bytes long"};
    std::ranges::copy(root, row.head.root.begin());
    reset_at_end guard{records_};
    records_.bind(1, batches_.integer(0)).bind(2, batches_.integer(1));
    for (;;) {
      auto found = records_.step();
      if (!found)
        return found.error();
      if (!*found)
        return write(row);
      if (row_.is_full())
        if (auto split = write_part(row); !split)
          return split;
      if (auto taken = record(); !taken)
        return taken;
    }
  }

  status record() {
    auto seq = static_cast<uint64_t>(records_.integer(0));
    auto public_part = records_.blob(1);
    // A leaf of another width cannot match its record: zeros say the same.
    sha256_digest leaf = {};
    if (auto found = records_.blob(2); found.size() == leaf.size())
      std::ranges::copy(found, leaf.begin());
    if (records_.is_null(3))
      row_.add_bare(public_part, records_.blob(4), leaf);
    else
      row_.add(public_part, records_.blob(3), leaf);
    edge_.append(hasher_, leaf);
    ++packed_;
    last_seq_ = seq;
    return index(seq, public_part);
  }

  status index(uint64_t seq, byte_view public_part) {
    auto decoded = decode_public(public_part);
    // What does not decode is named by verification.
    return decoded ? calls_.add(seq, *decoded) : unit{};
  }

  // The row is full before its batch ends: the root over its part is new.
  status write_part(stored_batch& of) {
    auto part = of;
    part.head = {last_seq_, edge_.root(hasher_)};
    auto written = write(part);
    of.first_seq = last_seq_ + 1;
    return written;
  }

  status write(stored_batch& row) {
    row.leaves = row_.leaves();
    row.records = row_.records();
    auto written = insert_batch(insert_, row);
    row_.clear();
    return written;
  }

  statement batches_;
  statement records_;
  statement insert_;
  index_2 calls_;
  batch_packer row_;
  tree_hasher hasher_;
  tree_edge edge_;
  uint64_t last_seq_ = 0;
  int64_t packed_ = 0;
};

} // namespace

status migrate_to_2(database& db) {
  if (auto begun = db.run(begin_version_2); !begun)
    return begun;
  auto records = db.query_integer("SELECT count(*) FROM ledger_record");
  if (!records)
    return records.error();
  {
    auto repack = repacker::open(db);
    if (!repack)
      return repack.error();
    auto packed = repack->run();
    if (!packed)
      return packed.error();
    if (*packed != *records)
      return failure{errc::store_corrupt,
                     "the ledger has records that no stored root covers"};
  }
  return db.run(end_version_2);
}

} // namespace byollm
