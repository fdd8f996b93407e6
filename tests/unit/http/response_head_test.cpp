// SPDX-License-Identifier: Apache-2.0
// Goal: a head says what the answer says, and nothing that splits it. Method:
// heads by plain calls.
#include "app/http/response_head.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using http::answer;
using http::body_form;
using namespace std::string_literals;

namespace {

std::string head(const answer& what, body_form form, bool closes = false) {
  std::string result;
  http::append_head(what, form, closes, result);
  return result;
}

bool sends(const char* name, const std::string& value) {
  answer made;
  made.headers.emplace_back(name, value);
  return http::is_sendable(made);
}

constexpr auto ours = "Cache-Control: no-store\r\n"
                      "X-Content-Type-Options: nosniff\r\n";

} // namespace

TEST_CASE("a head has its framing and what keeps browsers from guessing",
          "[head]") {
  answer made{404, "no"};
  CHECK(head(made, body_form::length)
        == std::string{"HTTP/1.1 404 Not Found\r\n"
                       "Content-Type: application/json\r\n"}
             + ours + "Content-Length: 2\r\n\r\n");
  made.headers = {{"x-a", "b"}};
  made.content_type.clear();
  CHECK(head(made, body_form::chunked, true)
        == std::string{"HTTP/1.1 404 Not Found\r\nx-a: b\r\n"} + ours
             + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(head(answer{299}, body_form::none)
        == std::string{"HTTP/1.1 299 \r\n"} + ours + "\r\n");
}

TEST_CASE("what would split an answer is not sent", "[head]") {
  CHECK(sends("x-a", "b c"));
  for (auto& value : {"a\r\nb: c"s, "a\nb"s, "a\rb"s, "a\0b"s}) {
    CHECK(!sends("x-a", value));
    answer made;
    made.content_type = value;
    CHECK(!http::is_sendable(made));
  }
  for (auto name : {"", "a b", "a:", "a\r\nb", "Content-Length",
                    "transfer-encoding", "CONNECTION", "cache-control"})
    CHECK(!sends(name, "1"));
  for (int status : {-1, 0, 100, 101, 199, 600, 99'999})
    CHECK(!http::is_sendable(answer{status}));
  for (int status : {200, 599})
    CHECK(http::is_sendable(answer{status}));
}

TEST_CASE("an error is JSON with a code", "[head]") {
  auto made = http::default_error(413, "the body is too large");
  CHECK(made.status == 413);
  CHECK(made.body
        == R"({"error":{"code":"content_too_large",)"
           R"("message":"the body is too large"}})");
}
