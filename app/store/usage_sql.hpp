// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/usage.hpp"

#include <string>
#include <string_view>

// What reads usage in slices: each statement goes on behind where the slice
// before ended.
namespace byollm {

/// The next sums of the days up to ?3 behind day ?1 and line ?2, ?4 at most,
/// each with its line.
std::string_view sums_of_days_sql() noexcept;

/// The next lines of tenant ?1 behind the place ?2 to ?7 (user, extension,
/// purpose, billing, provider, model), ?8 at most; of user ?9 and extension ?10
/// where those are asked for and an index has them first.
std::string lines_of_tenant_sql(const usage_filter& which);

/// The next sums of line ?1 from day ?2 to day ?3, ?4 at most.
std::string_view sums_of_line_sql() noexcept;

} // namespace byollm
