// SPDX-License-Identifier: Apache-2.0
#include "app/access_log/access_line.hpp"

#include "app/owner/json.hpp"
#include "messages/calendar.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace byollm {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// As nginx says it; no answer of ours has it.
constexpr int client_is_gone = 499;

// Milliseconds with three digits behind the point.
void put_ms(owner::json_writer& to, std::string_view name,
            steady_clock::duration time) {
  auto us = duration_cast<std::chrono::microseconds>(time).count();
  owner::put(to, name);
  to.Double(static_cast<double>(us) / 1'000.0);
}

// RFC 3339, in milliseconds.
std::string utc_text(int64_t unix_ms) {
  auto day = utc_day(unix_ms);
  std::chrono::hh_mm_ss time{milliseconds{unix_ms - unix_ms_of(day)}};
  std::array<char, 16> text;
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d",
                static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return day_text(day) + 'T' + text.data() + 'Z';
}

void put_if_any(owner::json_writer& to, std::string_view name,
                std::string_view value) {
  if (!value.empty())
    owner::put(to, name, value);
}

int status_of(const http::record& from) noexcept {
  return from.is_cut && !from.first_byte ? client_is_gone : from.status;
}

std::string_view note(const http::record& from, std::string_view name) {
  auto found
    = std::ranges::find(from.said, name, &http::notes::value_type::first);
  return found == from.said.end() ? std::string_view{} : found->second;
}

bool is_person(std::string_view name) noexcept {
  return name == "user" || name == "admin";
}

void put_answer(owner::json_writer& to, const http::record& from) {
  owner::put(to, "status");
  to.Int(status_of(from));
  if (from.is_cut)
    owner::put_flag(to, "cut", true);
  if (from.is_torn)
    owner::put_flag(to, "torn", true);
  put_if_any(to, "error", note(from, "error"));
  owner::put_number(to, "bytes_in", from.bytes_in);
  owner::put_number(to, "bytes_out", from.bytes_out);
  put_ms(to, "duration_ms", from.took);
  if (from.first_byte)
    put_ms(to, "first_byte_ms", *from.first_byte);
}

} // namespace

std::string access_line(const http::record& from, int64_t unix_ms,
                        bool names_users) {
  auto began = unix_ms - duration_cast<milliseconds>(from.took).count();
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "time", utc_text(began));
    put_if_any(to, "method", from.method);
    put_if_any(to, "route", note(from, "route"));
    put_answer(to, from);
    owner::put(to, "listener", from.is_local ? "unix" : "tcp");
    put_if_any(to, "peer", from.peer);
    for (auto name : {"service", "admin", "tenant", "user", "extension", "turn",
                      "call", "provider", "paid_by"})
      if (names_users || !is_person(name))
        put_if_any(to, name, note(from, name));
    put_if_any(to, "trace", from.trace);
    put_if_any(to, "user_agent", from.user_agent);
    to.EndObject();
  });
}

std::string lost_lines(uint64_t lost, int64_t unix_ms) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "time", utc_text(unix_ms));
    owner::put_number(to, "lost_lines", lost);
    to.EndObject();
  });
}

} // namespace byollm
