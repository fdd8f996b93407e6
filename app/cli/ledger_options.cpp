// SPDX-License-Identifier: Apache-2.0
#include "app/cli/ledger_options.hpp"

#include <charconv>
#include <chrono>

namespace byollm::cli {

namespace {

// Takes exactly `width` digits, and `after` behind them unless that is 0.
std::optional<unsigned> take_digits(std::string_view& rest, size_t width,
                                    char after) {
  unsigned value = 0;
  auto end = rest.data() + width;
  if (rest.size() < width + (after ? 1 : 0)
      || std::from_chars(rest.data(), end, value).ptr != end
      || (after && rest[width] != after))
    return std::nullopt;
  rest.remove_prefix(width + (after ? 1 : 0));
  return value;
}

std::string check_moment(const std::string& text) {
  return read_moment(text)
           ? ""
           : "a moment is 2026-11-25, 2026-11-25T20:12:38Z or milliseconds "
             "since 1970";
}

} // namespace

void ledger_choice::put(const options& opts, request& to) const {
  to.text_if("turn", turn)
    .text_if("user", user)
    .text_if("extension", extension)
    .text_if("purpose", purpose)
    .text_if("provider", provider)
    .text_if("status", status)
    .text_if("type", type);
  if (!all_tenants)
    to.text("tenant", opts.tenant);
  if (auto from = read_moment(since))
    to.number("from_unix_ms", static_cast<uint64_t>(*from));
  if (auto end = read_moment(until))
    to.number("to_unix_ms", static_cast<uint64_t>(*end));
}

void add_choice(CLI::App& to, const std::shared_ptr<ledger_choice>& choice) {
  auto& into = *choice;
  to.add_option("--turn", into.turn, "Only this chat turn's");
  to.add_option("--of-user", into.user, "Only this user's");
  to.add_option("--of-extension", into.extension, "Only this extension's");
  to.add_option("--purpose", into.purpose, "Only attempts for this purpose");
  to.add_option("--provider", into.provider, "Only attempts at this provider");
  to.add_option("--status", into.status, "Only attempts that ended so")
    ->check(
      CLI::IsMember({"success", "failed", "rejected", "validation_rejected",
                     "cancelled", "partial", "refused", "unknown"}));
  to.add_option("--type", into.type, "Only records of this type")
    ->check(CLI::IsMember({"intent", "outcome", "refusal", "change"}));
  to.add_option("--since", into.since,
                "From this moment (UTC: 2026-11-25, 2026-11-25T20:12:38Z, or "
                "milliseconds since 1970)")
    ->check(check_moment);
  to.add_option("--until", into.until, "Before this moment")
    ->check(check_moment);
  to.add_flag("--all-tenants", into.all_tenants,
              "Of every tenant, and the platform's changes");
}

std::optional<int64_t> read_moment(const std::string& text) {
  using namespace std::chrono;
  std::string_view rest{text};
  if (rest.size() > 4 && rest[4] == '-') {
    auto y = take_digits(rest, 4, '-');
    auto m = take_digits(rest, 2, '-');
    auto d = take_digits(rest, 2, 0);
    if (!y || !m || !d)
      return std::nullopt;
    year_month_day date{year{static_cast<int>(*y)}, month{*m}, day{*d}};
    if (!date.ok())
      return std::nullopt;
    auto at = sys_time<milliseconds>{sys_days{date}};
    if (rest.empty())
      return at.time_since_epoch().count();
    if (rest.front() != 'T')
      return std::nullopt;
    rest.remove_prefix(1);
    auto hour = take_digits(rest, 2, ':');
    auto minute = take_digits(rest, 2, ':');
    auto second = take_digits(rest, 2, 'Z');
    if (!hour || !minute || !second || !rest.empty() || *hour > 23
        || *minute > 59 || *second > 60)
      return std::nullopt;
    at += hours{*hour} + minutes{*minute} + seconds{*second};
    return at.time_since_epoch().count();
  }
  int64_t value = 0;
  auto end = text.data() + text.size();
  auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || last != end || value <= 0)
    return std::nullopt;
  return value;
}

} // namespace byollm::cli
