// SPDX-License-Identifier: Apache-2.0
#include "tests/load/plain_ledger.hpp"

#include "messages/limits.hpp"

#include <array>
#include <string>

namespace byollm::load {

namespace {

constexpr const char* tables
  = "CREATE TABLE record (seq INTEGER PRIMARY KEY, leaf BLOB, public BLOB, "
    "payload BLOB) STRICT;"
    "CREATE TABLE bill (call TEXT PRIMARY KEY, seq INTEGER, cost INTEGER) "
    "STRICT, WITHOUT ROWID";

int64_t number(uint64_t value) {
  return static_cast<int64_t>(value);
}

} // namespace

expected<plain_ledger> plain_ledger::open(const std::filesystem::path& file) {
  auto db = database::open(file);
  if (!db)
    return db.error();
  plain_ledger result;
  result.db_ = *std::move(db);
  if (auto made = result.db_.run(tables); !made)
    return made.error();
  const std::array queries = {
    std::pair{&result.insert_, "INSERT INTO record (seq, leaf, public, payload)"
                               " VALUES (?1, ?2, ?3, ?4)"},
    std::pair{&result.bill_,
              "INSERT INTO bill (call, seq, cost) VALUES (?1, ?2, ?3)"},
    std::pair{&result.read_,
              "SELECT public, payload FROM record WHERE seq > ?1 ORDER BY seq"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = result.db_.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

status plain_ledger::commit(const std::vector<record_bytes>& records,
                            size_t count) {
  auto work = transaction::begin(db_);
  if (!work)
    return work.error();
  for (; count > 0; --count) {
    auto index = written_.size() % records.size();
    if (auto inserted = insert(records[index], index % 2 == 1); !inserted)
      return inserted;
  }
  if (auto done = work->commit(); !done)
    return done;
  return written_.size() - read_so_far_.size() >= limits::ledger_seal_records
           ? read_back()
           : unit{};
}

status plain_ledger::insert(const record_bytes& record, bool is_outcome) {
  auto leaf = hasher_.leaf(record.public_part, hasher_.payload(record.payload));
  written_.append(hasher_, leaf);
  auto seq = number(written_.size());
  if (auto inserted = insert_.bind(1, seq)
                        .bind(2, byte_view{leaf})
                        .bind(3, byte_view{record.public_part})
                        .bind(4, byte_view{record.payload})
                        .run();
      !inserted || !is_outcome)
    return inserted;
  // As long as a UUID's text, and ascending as the ids of calls are.
  auto digits = std::to_string(seq);
  auto call = std::string(36 - digits.size(), '0') + digits;
  return bill_.bind(1, call).bind(2, seq).bind(3, int64_t{0}).run();
}

status plain_ledger::read_back() {
  reset_at_end guard{read_};
  read_.bind(1, number(read_so_far_.size()));
  for (;;) {
    auto more = read_.step();
    if (!more)
      return more.error();
    if (!*more)
      break;
    read_so_far_.append(
      hasher_, hasher_.leaf(read_.blob(0), hasher_.payload(read_.blob(1))));
  }
  if (read_so_far_.root(hasher_) != written_.root(hasher_))
    return failure{errc::store_corrupt,
                   "what was read is not what was written"};
  return unit{};
}

} // namespace byollm::load
