// SPDX-License-Identifier: Apache-2.0
#include "app/store/bill_reader.hpp"

#include <array>

namespace byollm {

namespace {

// Without a value for where to go on, they begin below all that a column can
// have.
constexpr auto row_of_attempt
  = "SELECT b.seq, b.intent, b.billing, b.cost_micro, b.line, l.tenant, "
    "l.user, l.extension, l.purpose, l.billing, l.provider, l.model "
    "FROM bill b LEFT JOIN usage_line l ON l.id = b.line "
    "WHERE b.call = ?1 AND b.tenant = ?2 AND b.attempt = ?3";

constexpr auto rows_behind
  = "SELECT call, tenant, attempt, seq FROM bill "
    "WHERE (call, tenant, attempt) > (coalesce(?1, -9e999), ?2, ?3) "
    "ORDER BY call, tenant, attempt LIMIT ?4";

constexpr auto days_behind
  = "SELECT day, line, attempts, unknown_usage, unpriced, input_uncached, "
    "cache_read, cache_write, output, reasoning, cost_micro FROM usage_day "
    "WHERE (day, line) > (coalesce(?1, -9e999), ?2) "
    "ORDER BY day, line LIMIT ?3";

} // namespace

expected<bill_reader> bill_reader::open(database& db) {
  bill_reader result;
  const std::array queries = {std::pair{&result.row_, row_of_attempt},
                              std::pair{&result.rows_, rows_behind},
                              std::pair{&result.days_, days_behind}};
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

expected<std::optional<int64_t>>
bill_reader::line_of(const bill_replay::bill& made) {
  reset_at_end guard{row_};
  call_key key{made.call};
  key.bind_to(row_, 1);
  auto found = row_.bind(2, made.line.tenant)
                 .bind(3, static_cast<int64_t>(made.attempt))
                 .step();
  if (!found)
    return found.error();
  return *found && is(made) ? std::optional{row_.integer(4)} : std::nullopt;
}

bool bill_reader::is(const bill_replay::bill& made) {
  const auto& line = made.line;
  auto billing = static_cast<int64_t>(line.billing);
  auto cost = row_.is_null(3) ? std::optional<uint64_t>{}
                              : static_cast<uint64_t>(row_.integer(3));
  return row_.integer(0) == static_cast<int64_t>(made.seq)
         && row_.integer(1) == static_cast<int64_t>(made.intent_seq)
         && row_.integer(2) == billing && cost == made.cost_micro
         && row_.text(5) == line.tenant && row_.text(6) == line.user
         && row_.text(7) == line.extension
         && (!made.knows_purpose || row_.text(8) == line.purpose)
         && row_.integer(9) == billing && row_.text(10) == line.provider
         && row_.text(11) == line.model;
}

expected<bool> bill_reader::count_rows(uint64_t last, uint64_t size) {
  reset_at_end guard{rows_};
  bind_place();
  rows_.bind(4, slice_bill_rows);
  for (int64_t read = 0;; ++read) {
    auto found = rows_.step();
    if (!found)
      return found.error();
    if (!*found)
      return read == slice_bill_rows;
    auto seq = static_cast<uint64_t>(rows_.integer(3));
    if (seq <= last || seq > size)
      ++counted_;
    note_place();
  }
}

void bill_reader::bind_place() {
  if (is_begun_ && is_blob_)
    rows_.bind(1, byte_view{reinterpret_cast<const uint8_t*>(call_.data()),
                            call_.size()});
  else if (is_begun_)
    rows_.bind(1, call_);
  rows_.bind(2, tenant_).bind(3, attempt_);
}

void bill_reader::note_place() {
  is_begun_ = true;
  is_blob_ = rows_.is_blob(0);
  auto call = rows_.blob(0);
  call_.assign(reinterpret_cast<const char*>(call.data()), call.size());
  tenant_ = rows_.text(1);
  attempt_ = rows_.integer(2);
}

expected<bill_reader::sums_by_day_line>
bill_reader::days(const std::optional<day_line>& after) {
  reset_at_end guard{days_};
  if (after)
    days_.bind(1, after->first);
  days_.bind(2, after ? after->second : 0).bind(3, slice_bill_rows);
  sums_by_day_line result;
  for (;;) {
    auto found = days_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    auto& sums = result[{days_.integer(0), days_.integer(1)}];
    for (size_t i = 0; i < bill_sum_count; ++i)
      sums.set(static_cast<bill_sum>(i),
               static_cast<uint64_t>(days_.integer(static_cast<int>(i) + 2)));
  }
}

} // namespace byollm
