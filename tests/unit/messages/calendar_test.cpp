// SPDX-License-Identifier: Apache-2.0
// Goal: a day is read and written in one way, and is the same one for bills,
// statistics and people. Method: edges of days, months and of 1970, and texts
// that nearly are days.
#include "messages/calendar.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace std::chrono;

TEST_CASE("a day is written as it is read", "[calendar]") {
  for (auto text : {"1970-01-01", "1969-12-31", "2024-02-29", "2026-11-25",
                    "0001-01-01", "9999-12-31"}) {
    INFO(text);
    auto day = parse_day(text);
    REQUIRE(day);
    CHECK(day_text(*day) == text);
    CHECK(utc_day(unix_ms_of(*day)) == *day);
    CHECK(utc_day(unix_ms_of(*day) + 86'399'999) == *day);
    CHECK(utc_day(unix_ms_of(*day) - 1) == *day - days{1});
  }
  CHECK(parse_day("1970-01-02") == sys_days{days{1}});
}

TEST_CASE("what is no day is not read", "[calendar]") {
  for (auto text :
       {"", "2026-1-31", "2026-01-32", "2025-02-29", "2026-13-01", "2026-00-10",
        "2026-01-00", "+026-01-31", "2026-01-31 ", " 2026-01-31", "2026/01/31",
        "2026-01-3x", "26-01-31", "2026-01-31T00:00:00Z", "-001-01-01"}) {
    INFO(text);
    CHECK_FALSE(parse_day(text));
  }
}

TEST_CASE("now is after this was written", "[calendar]") {
  CHECK(unix_ms_now() > unix_ms_of(*parse_day("2025-01-01")));
}
