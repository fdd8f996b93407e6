// SPDX-License-Identifier: Apache-2.0
#include "app/owner/day.hpp"

#include <cstdio>

namespace byollm::owner {

namespace {

// Digits only: no sign, no space.
std::optional<int> number(std::string_view text) noexcept {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

} // namespace

std::optional<std::chrono::sys_days> parse_day(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-')
    return std::nullopt;
  auto year = number(text.substr(0, 4));
  auto month = number(text.substr(5, 2));
  auto day = number(text.substr(8, 2));
  if (!year || !month || !day)
    return std::nullopt;
  std::chrono::year_month_day date{
    std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
    std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return std::chrono::sys_days{date};
}

std::string to_text(std::chrono::sys_days day) {
  std::chrono::year_month_day date{day};
  char out[32];
  std::snprintf(
    out, sizeof(out), "%04d-%02u-%02u", static_cast<int>(date.year()),
    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out;
}

} // namespace byollm::owner
