// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace byollm::owner {

/// Reads `YYYY-MM-DD`; nothing if it is no such day.
std::optional<std::chrono::sys_days> parse_day(std::string_view text) noexcept;

/// Returns `YYYY-MM-DD`.
std::string to_text(std::chrono::sys_days day);

} // namespace byollm::owner
