// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byollm {

// Moments as records have them, and UTC days as bills and people do.

/// Returns the milliseconds since 1970; for records, never for deadlines.
BYOLLM_API int64_t unix_ms_now() noexcept;

/// Returns the day of a moment.
BYOLLM_API std::chrono::sys_days utc_day(int64_t unix_ms) noexcept;

/// Returns the first moment of a day.
BYOLLM_API int64_t unix_ms_of(std::chrono::sys_days day) noexcept;

/// Reads `YYYY-MM-DD`; nothing if it is no such day.
BYOLLM_API std::optional<std::chrono::sys_days>
parse_day(std::string_view text) noexcept;

/// Returns `YYYY-MM-DD`.
BYOLLM_API std::string day_text(std::chrono::sys_days day);

} // namespace byollm
