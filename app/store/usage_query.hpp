// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/usage.hpp"

#include <vector>

namespace byollm {

/// Reads the sums of usage. Errors: `limit_exceeded` over
/// limits::usage_rows_max rows; any from the store.
expected<std::vector<usage_row>> read_usage(database& db,
                                            const usage_filter& which);

} // namespace byollm
