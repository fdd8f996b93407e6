// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/record.hpp"

#include <cstdint>
#include <string>

namespace byollm {

/// Returns a line of the access log, JSON without its end, as
/// docs/operations.md has it. `unix_ms` is now: the request's end.
std::string access_line(const http::record& from, int64_t unix_ms,
                        bool names_users);

/// Returns the line that stands where `lost` are missing.
std::string lost_lines(uint64_t lost, int64_t unix_ms);

} // namespace byollm
