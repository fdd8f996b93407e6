// SPDX-License-Identifier: Apache-2.0
#include "providers/stream/answer_head.hpp"

#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace byollm {

namespace {

using std::chrono::milliseconds;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_letters(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) noexcept {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Number>
std::optional<Number> number(std::string_view text) noexcept {
  Number value = 0;
  auto* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

/// Parses an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::optional<std::chrono::sys_seconds> date(std::string_view text) noexcept {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' '
      || text[11] != ' ' || text[16] != ' ' || text[19] != ':'
      || text[22] != ':' || text.substr(25) != " GMT")
    return std::nullopt;
  auto month = months.find(text.substr(8, 3));
  auto day = number<unsigned>(text.substr(5, 2));
  auto year = number<int>(text.substr(12, 4));
  auto hour = number<unsigned>(text.substr(17, 2));
  auto minute = number<unsigned>(text.substr(20, 2));
  auto second = number<unsigned>(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0 || !day || !year
      || !hour || !minute || !second || *hour > 23 || *minute > 59
      || *second > 60)
    return std::nullopt;
  std::chrono::year_month_day ymd{
    std::chrono::year{*year},
    std::chrono::month{static_cast<unsigned>(month / 3 + 1)},
    std::chrono::day{*day}};
  if (!ymd.ok())
    return std::nullopt;
  return std::chrono::sys_days{ymd} + std::chrono::hours{*hour}
         + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

/// Returns `text` times `unit` milliseconds, clamped.
std::optional<milliseconds> wait(std::string_view text, double unit) noexcept {
  constexpr milliseconds longest = limits::retry_after_max;
  auto count = number<double>(text);
  if (!count || !std::isfinite(*count) || *count < 0)
    return std::nullopt;
  auto ms = std::min(*count * unit, static_cast<double>(longest.count()));
  return milliseconds{static_cast<milliseconds::rep>(ms)};
}

} // namespace

media media_of(const response_head& head) noexcept {
  auto type = head.field("content-type");
  type = trimmed(type.substr(0, type.find(';')));
  if (type.empty())
    return media::unnamed;
  if (same_letters(type, "application/json"))
    return media::json;
  if (same_letters(type, "text/event-stream"))
    return media::event_stream;
  constexpr std::array lines = {"application/x-ndjson", "application/ndjson",
                                "application/jsonl", "application/x-jsonlines"};
  bool is_lines = std::any_of(lines.begin(), lines.end(), [&](auto name) {
    return same_letters(type, name);
  });
  return is_lines ? media::ndjson : media::other;
}

bool is_identity(const response_head& head) noexcept {
  auto coding = trimmed(head.field("content-encoding"));
  return coding.empty() || same_letters(coding, "identity");
}

std::string request_id_of(const response_head& head) {
  for (auto name : {"request-id", "x-request-id"})
    if (auto id = trimmed(head.field(name)); is_valid_id(id))
      return std::string{id};
  return {};
}

std::optional<milliseconds> retry_after_of(const response_head& head) noexcept {
  if (auto ms = wait(trimmed(head.field("retry-after-ms")), 1))
    return ms;
  auto text = trimmed(head.field("retry-after"));
  if (auto ms = wait(text, 1'000))
    return ms;
  auto until = date(text);
  auto now = date(trimmed(head.field("date")));
  if (!until || !now)
    return std::nullopt;
  constexpr milliseconds none{0};
  return std::clamp<milliseconds>(*until - *now, none, limits::retry_after_max);
}

} // namespace byollm
