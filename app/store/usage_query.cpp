// SPDX-License-Identifier: Apache-2.0
#include "app/store/usage_query.hpp"

#include "messages/limits.hpp"

#include <limits>

namespace byollm {

namespace {

constexpr auto columns
  = "SELECT d.day, l.tenant, l.user, l.extension, l.purpose, l.billing, "
    "l.provider, l.model, d.attempts, d.unknown_usage, d.unpriced, "
    "d.input_uncached, d.cache_read, d.cache_write, d.output, d.reasoning, "
    "d.cost_micro ";

constexpr auto of_all
  = "FROM usage_day d JOIN usage_line l ON l.id = d.line "
    "WHERE d.day >= ?1 AND d.day <= ?2 "
    "AND (?4 = '' OR l.user = ?4) AND (?5 = '' OR l.extension = ?5) ";

// By its lines: by the days, whoever looks at their own would walk all that
// others have used.
constexpr auto of_tenant
  = "FROM usage_line l CROSS JOIN usage_day d ON d.line = l.id "
    "AND d.day >= ?1 AND d.day <= ?2 WHERE l.tenant = ?3 ";
constexpr auto of_user = "AND l.user = ?4 ";
constexpr auto of_extension = "AND l.extension = ?5 ";

constexpr auto rest
  = "AND (?6 IS NULL OR l.purpose = ?6) AND (?7 = 0 OR l.billing = ?7) "
    "AND (?8 = '' OR l.provider = ?8) AND (?9 = '' OR l.model = ?9) "
    "ORDER BY d.day, l.tenant, l.user, l.extension, l.purpose, l.billing, "
    "l.provider, l.model LIMIT ?10";

void bind(statement& to, const usage_filter& which) {
  using days = std::numeric_limits<int64_t>;
  auto day = [](const auto& asked, int64_t otherwise) {
    return asked ? int64_t{asked->time_since_epoch().count()} : otherwise;
  };
  to.bind(1, day(which.first_day, days::min()))
    .bind(2, day(which.last_day, days::max()))
    .bind(3, which.tenant)
    .bind(4, which.user)
    .bind(5, which.extension)
    .bind(7, which.billing ? static_cast<int64_t>(*which.billing) : 0)
    .bind(8, which.provider)
    .bind(9, which.model)
    .bind(10, static_cast<int64_t>(limits::usage_rows_max) + 1);
  if (which.purpose)
    to.bind(6, *which.purpose);
}

usage_row read(const statement& row) {
  auto text = [&](int column) { return std::string{row.text(column)}; };
  auto sum
    = [&](int column) { return static_cast<uint64_t>(row.integer(column)); };
  return {std::chrono::sys_days{std::chrono::days{row.integer(0)}},
          text(1),
          text(2),
          text(3),
          text(4),
          static_cast<billing_class>(row.integer(5)),
          text(6),
          text(7),
          sum(8),
          sum(9),
          sum(10),
          sum(11),
          sum(12),
          sum(13),
          sum(14),
          sum(15),
          sum(16)};
}

} // namespace

std::string usage_sql(const usage_filter& which) {
  std::string result{columns};
  if (which.tenant.empty())
    return result + of_all + rest;
  result += of_tenant;
  if (!which.user.empty())
    result += of_user;
  // Without a user it is no prefix of the index, but still a condition.
  if (!which.extension.empty())
    result += of_extension;
  return result + rest;
}

expected<std::vector<usage_row>> read_usage(database& db,
                                            const usage_filter& which) {
  auto rows = db.prepare(usage_sql(which));
  if (!rows)
    return rows.error();
  bind(*rows, which);
  std::vector<usage_row> result;
  for (;;) {
    auto found = rows->step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    if (result.size() == limits::usage_rows_max)
      return failure{errc::limit_exceeded,
                     "more than 10,000 rows; ask for fewer days or one tenant",
                     "rows"};
    result.push_back(read(*rows));
  }
}

} // namespace byollm
