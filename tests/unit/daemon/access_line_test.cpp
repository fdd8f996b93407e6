// SPDX-License-Identifier: Apache-2.0
// Goal: a line of the access log has what docs/operations.md says, and stays
// one line of JSON whatever stands in it. Method: records and their lines.
#include "app/access_log/access_line.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

using namespace std::chrono_literals;

// 2026-11-26T16:20:05.042Z
constexpr int64_t now = 1'795'710'005'042;

http::record sample() {
  http::record made;
  made.method = "POST";
  made.peer = "127.0.0.1";
  made.user_agent = "curl/8";
  made.trace = "0af7651916cd43dd8448eb211c80319c";
  made.status = 200;
  made.bytes_in = 300;
  made.bytes_out = 1'200;
  made.first_byte = 250'500us;
  made.took = 2'042ms;
  made.said = {{"route", "/v1/messages"}, {"tenant", "acme"}, {"user", "ada"},
               {"extension", "notes"},    {"turn", "t"},      {"call", "c"},
               {"provider", "openai"},    {"paid_by", "user"}};
  return made;
}

} // namespace

TEST_CASE("a line has what is known of a request", "[daemon]") {
  CHECK(access_line(sample(), now, true)
        == R"({"time":"2026-11-26T16:20:03.000Z","method":"POST",)"
           R"("route":"/v1/messages","status":200,"bytes_in":300,)"
           R"("bytes_out":1200,"duration_ms":2042.0,"first_byte_ms":250.5,)"
           R"("listener":"tcp","peer":"127.0.0.1","tenant":"acme",)"
           R"("user":"ada","extension":"notes","turn":"t","call":"c",)"
           R"("provider":"openai","paid_by":"user",)"
           R"("trace":"0af7651916cd43dd8448eb211c80319c",)"
           R"("user_agent":"curl/8"})");
}

TEST_CASE("what is not known is not there", "[daemon]") {
  http::record made;
  made.is_local = true;
  made.status = 400;
  CHECK(access_line(made, now, true)
        == R"({"time":"2026-11-26T16:20:05.042Z","status":400,"bytes_in":0,)"
           R"("bytes_out":0,"duration_ms":0.0,"listener":"unix"})");
}

TEST_CASE("people are left out where they should be", "[daemon]") {
  auto made = sample();
  made.said.emplace_back("admin", "grace");
  auto with = access_line(made, now, true);
  CHECK(with.find("\"user\":\"ada\"") != std::string::npos);
  CHECK(with.find("\"admin\":\"grace\"") != std::string::npos);
  auto without = access_line(made, now, false);
  CHECK(without.find("ada") == std::string::npos);
  CHECK(without.find("grace") == std::string::npos);
  CHECK(without.find("\"tenant\":\"acme\"") != std::string::npos);
}

TEST_CASE("how a request ended is told", "[daemon]") {
  auto made = sample();
  made.is_cut = true;
  CHECK(access_line(made, now, true).find("\"status\":200,\"cut\":true")
        != std::string::npos);
  made.first_byte.reset();
  CHECK(access_line(made, now, true).find("\"status\":499,\"cut\":true")
        != std::string::npos);
  made = sample();
  made.is_torn = true;
  made.said.emplace_back("error", "truncated");
  CHECK(access_line(made, now, true)
          .find("\"status\":200,\"torn\":true,\"error\":\"truncated\"")
        != std::string::npos);
}

TEST_CASE("a line stays one, whatever stands in it", "[daemon]") {
  auto made = sample();
  made.said[2].second = "a\nb\"c\\d\x01";
  auto line = access_line(made, now, true);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find(R"("user":"a\nb\"c\\d\u0001")") != std::string::npos);
}

TEST_CASE("moments are told in milliseconds of UTC", "[daemon]") {
  CHECK(lost_lines(7, now)
        == R"({"time":"2026-11-26T16:20:05.042Z","lost_lines":7})");
  CHECK(lost_lines(1, 0)
        == R"({"time":"1970-01-01T00:00:00.000Z","lost_lines":1})");
  CHECK(lost_lines(1, 951'782'399'999)
        == R"({"time":"2000-02-28T23:59:59.999Z","lost_lines":1})");
}

} // namespace byollm
