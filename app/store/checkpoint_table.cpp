// SPDX-License-Identifier: Apache-2.0
#include "app/store/checkpoint_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm {

namespace {

stored_checkpoint read(const statement& row) {
  return {static_cast<uint64_t>(row.integer(0)), std::string{row.text(1)}};
}

} // namespace

expected<checkpoint_table> checkpoint_table::open(database& db) {
  checkpoint_table result;
  const std::array queries = {
    std::pair{&result.insert_, "INSERT INTO ledger_checkpoint (size, note) "
                               "VALUES (?1, ?2)"},
    std::pair{&result.last_, "SELECT size, note FROM ledger_checkpoint "
                             "ORDER BY size DESC LIMIT 1"},
    std::pair{&result.from_, "SELECT size, note FROM ledger_checkpoint "
                             "WHERE size >= ?1 ORDER BY size LIMIT 1"},
    std::pair{&result.newest_, "SELECT size, note FROM ledger_checkpoint "
                               "ORDER BY size DESC LIMIT ?1"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

status checkpoint_table::add(database& db, const stored_checkpoint& what) {
  auto work = transaction::begin(db);
  if (!work)
    return work.error();
  insert_.bind(1, saturated_sql(what.size))
    .bind(2, std::string_view{what.note});
  if (auto inserted = insert_.run(); !inserted)
    return inserted;
  if (also_)
    if (auto written = also_(what.size); !written)
      return written;
  return work->commit();
}

expected<std::optional<stored_checkpoint>> checkpoint_table::last() {
  return one(last_);
}

expected<std::optional<stored_checkpoint>>
checkpoint_table::from(uint64_t size) {
  from_.bind(1, saturated_sql(size));
  return one(from_);
}

expected<std::vector<stored_checkpoint>>
checkpoint_table::newest(size_t limit) {
  reset_at_end guard{newest_};
  newest_.bind(1, saturated_sql(limit));
  std::vector<stored_checkpoint> result;
  for (;;) {
    auto found = newest_.step();
    if (!found)
      return found.error();
    if (!*found)
      break;
    result.push_back(read(newest_));
  }
  std::ranges::reverse(result);
  return result;
}

expected<std::optional<stored_checkpoint>>
checkpoint_table::one(statement& query) {
  reset_at_end guard{query};
  auto found = query.step();
  if (!found)
    return found.error();
  if (!*found)
    return std::optional<stored_checkpoint>{};
  return std::optional{read(query)};
}

} // namespace byollm
