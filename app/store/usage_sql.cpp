// SPDX-License-Identifier: Apache-2.0
#include "app/store/usage_sql.hpp"

namespace byollm {

// A line that is missing must not keep the rest from being found.
std::string_view sums_of_days_sql() noexcept {
  return "SELECT d.day, d.line, d.attempts, d.unknown_usage, d.unpriced, "
         "d.input_uncached, d.cache_read, d.cache_write, d.output, "
         "d.reasoning, d.cost_micro, l.tenant, l.user, l.extension, "
         "l.purpose, l.billing, l.provider, l.model FROM "
         "(SELECT * FROM usage_day WHERE (day, line) > (?1, ?2) "
         "AND day <= ?3 ORDER BY day, line LIMIT ?4) d "
         "LEFT JOIN usage_line l ON l.id = d.line";
}

std::string lines_of_tenant_sql(const usage_filter& which) {
  std::string columns = "purpose, billing, provider, model";
  std::string place = "?4, ?5, ?6, ?7";
  std::string of = "tenant = ?1";
  auto has_extension = !which.user.empty() && !which.extension.empty();
  if (!which.user.empty())
    of += " AND user = ?9";
  if (has_extension)
    of += " AND extension = ?10";
  if (!has_extension) {
    columns.insert(0, "extension, ");
    place.insert(0, "?3, ");
  }
  if (which.user.empty()) {
    columns.insert(0, "user, ");
    place.insert(0, "?2, ");
  }
  return "SELECT id, user, extension, purpose, billing, provider, model "
         "FROM usage_line WHERE "
         + of + " AND (" + columns + ") > (" + place + ") ORDER BY " + columns
         + " LIMIT ?8";
}

std::string_view sums_of_line_sql() noexcept {
  return "SELECT day, line, attempts, unknown_usage, unpriced, "
         "input_uncached, cache_read, cache_write, output, reasoning, "
         "cost_micro FROM usage_day WHERE line = ?1 AND day >= ?2 "
         "AND day <= ?3 ORDER BY day LIMIT ?4";
}

} // namespace byollm
