// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/usage.hpp"

#include <string>
#include <vector>

namespace byollm {

/// Returns the query for it: what a person asks of their own must not walk what
/// others used.
std::string usage_sql(const usage_filter& which);

/// Reads the sums of usage. Errors: `limit_exceeded` over
/// limits::usage_rows_max rows; any from the store.
expected<std::vector<usage_row>> read_usage(database& db,
                                            const usage_filter& which);

} // namespace byollm
