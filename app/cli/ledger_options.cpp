// SPDX-License-Identifier: Apache-2.0
#include "app/cli/ledger_options.hpp"

#include "messages/calendar.hpp"

#include <charconv>
#include <chrono>

namespace byollm::cli {

namespace {

// Takes two digits and `after` behind them.
std::optional<unsigned> take_two(std::string_view& rest, char after) {
  unsigned value = 0;
  if (rest.size() < 3 || rest[2] != after
      || std::from_chars(rest.data(), rest.data() + 2, value).ptr
           != rest.data() + 2)
    return std::nullopt;
  rest.remove_prefix(3);
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
    auto day = parse_day(rest.substr(0, 10));
    if (!day)
      return std::nullopt;
    rest.remove_prefix(10);
    if (rest.empty())
      return unix_ms_of(*day);
    if (rest.front() != 'T')
      return std::nullopt;
    rest.remove_prefix(1);
    auto hour = take_two(rest, ':');
    auto minute = take_two(rest, ':');
    auto second = take_two(rest, 'Z');
    if (!hour || !minute || !second || !rest.empty() || *hour > 23
        || *minute > 59 || *second > 60)
      return std::nullopt;
    milliseconds into_it = hours{*hour} + minutes{*minute} + seconds{*second};
    return unix_ms_of(*day) + into_it.count();
  }
  int64_t value = 0;
  auto end = text.data() + text.size();
  auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || last != end || value <= 0)
    return std::nullopt;
  return value;
}

} // namespace byollm::cli
