// SPDX-License-Identifier: Apache-2.0
#include "app/store/wrap_table.hpp"

#include "app/store/config_table.hpp"
#include "messages/limits.hpp"

#include <array>
#include <utility>
#include <vector>

namespace byollm {

namespace {

// The version's four bytes in an envelope, as envelope.hpp lays it out.
std::array<uint8_t, 4> big_endian(uint32_t version) {
  return {static_cast<uint8_t>(version >> 24),
          static_cast<uint8_t>(version >> 16),
          static_cast<uint8_t>(version >> 8), static_cast<uint8_t>(version)};
}

uint32_t from_big_endian(byte_view bytes) {
  uint32_t result = 0;
  for (auto byte : bytes)
    result = result << 8 | byte;
  return result;
}

} // namespace

expected<wrap_table> wrap_table::open(database& db) {
  wrap_table result;
  const std::array queries = {
    std::pair{&result.next_, std::string{"SELECT "} + llm_columns
                               + ", slot, tenant, user FROM llm_config "
                                 "WHERE (slot, tenant, user) > (?1, ?2, ?3) "
                                 "AND length(envelope) > 0 "
                                 "AND substr(envelope, 6, 4) <> ?4 "
                                 "ORDER BY slot, tenant, user LIMIT ?5"},
    std::pair{&result.save_,
              std::string{"UPDATE llm_config SET envelope = ?4 "
                          "WHERE slot = ?1 AND tenant = ?2 AND user = ?3"}},
    std::pair{&result.count_,
              std::string{"SELECT substr(envelope, 6, 4), count(*) "
                          "FROM llm_config WHERE length(envelope) > 0 "
                          "GROUP BY 1"}},
  };
  for (const auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

expected<rewrap_batch> wrap_table::rewrap(const rewrap_order& what) {
  std::vector<std::pair<config_place, stored_user_config>> rows;
  {
    reset_at_end guard{next_};
    auto version = big_endian(what.version);
    next_.bind(1, what.after.slot)
      .bind(2, what.after.tenant)
      .bind(3, what.after.user)
      .bind(4, byte_view{version})
      .bind(5, int64_t{limits::rewrap_batch});
    for (;;) {
      auto found = next_.step();
      if (!found)
        return found.error();
      if (!*found)
        break;
      auto row = read_llm(next_);
      row.tenant = next_.text(llm_column_count + 1);
      row.user = next_.text(llm_column_count + 2);
      rows.emplace_back(config_place{std::string{next_.text(llm_column_count)},
                                     row.tenant, row.user},
                        std::move(row));
    }
  }
  rewrap_batch result;
  for (const auto& [place, row] : rows) {
    auto wrapped = what.wrap(row);
    ++(wrapped ? result.rewrapped : result.unreadable);
    if (!wrapped)
      continue;
    if (auto saved = save(place, wrapped->envelope); !saved)
      return saved.error();
  }
  if (rows.size() == limits::rewrap_batch)
    result.next = rows.back().first;
  return result;
}

status wrap_table::save(const config_place& at, byte_view envelope) {
  return save_.bind(1, at.slot)
    .bind(2, at.tenant)
    .bind(3, at.user)
    .bind(4, envelope)
    .run();
}

expected<std::map<uint32_t, uint64_t>> wrap_table::count() {
  reset_at_end guard{count_};
  std::map<uint32_t, uint64_t> result;
  for (;;) {
    auto found = count_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    result[from_big_endian(count_.blob(0))]
      = static_cast<uint64_t>(count_.integer(1));
  }
}

} // namespace byollm
