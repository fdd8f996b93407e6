// SPDX-License-Identifier: Apache-2.0
#include "tests/load/bare_table.hpp"

namespace byollm::load {

expected<bare_table> bare_table::open(const std::filesystem::path& file) {
  auto db = database::open(file);
  if (!db)
    return db.error();
  bare_table result;
  result.db_ = *std::move(db);
  if (auto made
      = result.db_.run("CREATE TABLE t (seq INTEGER PRIMARY KEY, body BLOB)");
      !made)
    return made.error();
  auto insert = result.db_.prepare("INSERT INTO t (body) VALUES (?1)");
  if (!insert)
    return insert.error();
  result.insert_ = *std::move(insert);
  return result;
}

status bare_table::commit(const std::vector<record_bytes>& records,
                          size_t count) {
  auto work = transaction::begin(db_);
  if (!work)
    return work.error();
  for (; count > 0; --count) {
    const auto& record = records[next_++ % records.size()];
    body_ = record.public_part;
    body_.insert(body_.end(), record.payload.begin(), record.payload.end());
    if (auto inserted = insert_.bind(1, byte_view{body_}).run(); !inserted)
      return inserted;
  }
  return work->commit();
}

} // namespace byollm::load
