// SPDX-License-Identifier: Apache-2.0
#include "messages/calendar.hpp"

#include <cstdio>

namespace byollm {

namespace {

using std::chrono::milliseconds;

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

int64_t unix_ms_now() noexcept {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(since).count();
}

std::chrono::sys_days utc_day(int64_t unix_ms) noexcept {
  std::chrono::sys_time<milliseconds> at{milliseconds{unix_ms}};
  return std::chrono::floor<std::chrono::days>(at);
}

int64_t unix_ms_of(std::chrono::sys_days day) noexcept {
  return milliseconds{day.time_since_epoch()}.count();
}

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

std::string day_text(std::chrono::sys_days day) {
  std::chrono::year_month_day date{day};
  char out[32];
  std::snprintf(
    out, sizeof(out), "%04d-%02u-%02u", static_cast<int>(date.year()),
    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out;
}

} // namespace byollm
