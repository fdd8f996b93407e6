// SPDX-License-Identifier: Apache-2.0
// Goal: no input puts a second header or a second request on the wire, and the
// key does not outlive the write. Method: build heads and look at them, then at
// the memory that held them.
#include "providers/net/request_head.hpp"

#include "messages/limits.hpp"
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace byollm;

namespace {

constexpr auth_header bearer = {"Authorization", "Bearer "};

wire_request request_of(std::string target = "/v1/chat",
                        std::vector<wire_header> headers = {}) {
  return {std::move(target), std::move(headers), "{}"};
}

errc built(const wire_request& request, std::string_view key = "k-1",
           std::string_view host = "api.example.com") {
  net::request_head head;
  auto ok = head.build(request, host, bearer, key);
  if (ok)
    return errc::none;
  // Whatever was wrong, its bytes are not repeated.
  CHECK(ok.error().detail.find("evil") == std::string::npos);
  CHECK(head.bytes().empty());
  return ok.error().code;
}

} // namespace

TEST_CASE("a head holds what it should, in order", "[head]") {
  net::request_head head;
  REQUIRE(head.build(request_of("/v1/chat", {{"X-A", "b c"}}), "h:81", bearer,
                     "k-1"));
  CHECK(head.bytes()
        == "POST /v1/chat HTTP/1.1\r\nHost: h:81\r\n"
           "Accept-Encoding: identity\r\nUser-Agent: byollm\r\n"
           "Content-Length: 2\r\nX-A: b c\r\n"
           "Authorization: Bearer k-1\r\n\r\n");
}

TEST_CASE("a GET has no body and no length", "[head]") {
  net::request_head head;
  wire_request list{"/v1/models", {}, "", http_method::get};
  REQUIRE(head.build(list, "h", bearer, "k-1"));
  CHECK(head.bytes()
        == "GET /v1/models HTTP/1.1\r\nHost: h\r\n"
           "Accept-Encoding: identity\r\nUser-Agent: byollm\r\n"
           "Authorization: Bearer k-1\r\n\r\n");
  list.body = "{}";
  CHECK(built(list) == errc::invalid_request);
}

TEST_CASE("no key means no authentication header", "[head]") {
  net::request_head head;
  REQUIRE(head.build(request_of(), "h", bearer, ""));
  CHECK(head.bytes().find("Authorization") == std::string_view::npos);
}

TEST_CASE("a key with bytes that no key has is refused", "[head]") {
  CHECK(built(request_of(), "k\r\nX-evil: 1") == errc::invalid_key);
  CHECK(built(request_of(), "k\nX-evil: 1") == errc::invalid_key);
  CHECK(built(request_of(), "k ") == errc::invalid_key);
  CHECK(built(request_of(), "k\x80") == errc::invalid_key);
  CHECK(built(request_of(), "k\x7f") == errc::invalid_key);
  CHECK(built(request_of(), std::string_view{"k\0evil", 6})
        == errc::invalid_key);
  CHECK(built(request_of(), std::string(limits::key_bytes_max, 'k'))
        == errc::none);
  CHECK(built(request_of(), std::string(limits::key_bytes_max + 1, 'k'))
        == errc::invalid_key);
}

TEST_CASE("a target, host or header that splits the head is refused",
          "[head]") {
  for (auto target :
       {"", "v1", "/v1 HTTP/1.1\r\nX-evil: 1", "/a b", "/\x01", "/\xc3\xa4"})
    CHECK(built(request_of(target)) == errc::invalid_request);
  for (auto host : {"", "a b", "a\r\nX-evil: 1"})
    CHECK(built(request_of(), "k", host) == errc::invalid_request);
  for (auto& field : std::vector<wire_header>{{"", "v"},
                                              {"X evil", "v"},
                                              {"X:evil", "v"},
                                              {"X\r\nevil", "v"},
                                              {"X", "v\r\nevil: 1"},
                                              {"X", "v\nevil: 1"},
                                              {"X", std::string{"v\0evil", 6}},
                                              {"X", "\xff"}})
    CHECK(built(request_of("/", {field})) == errc::invalid_request);
}

TEST_CASE("a dialect does not say what the transport says", "[head]") {
  for (auto name : {"Host", "content-length", "Connection", "Transfer-Encoding",
                    "Accept-Encoding", "authorization", "Expect", "Upgrade"})
    CHECK(built(request_of("/", {{name, "x"}})) == errc::invalid_request);
}

TEST_CASE("a wiped head leaves nothing of the key", "[head]") {
  net::request_head head;
  std::string key(200, 'k');
  REQUIRE(head.build(request_of(), "h", bearer, key));
  auto at = head.bytes();
  head.wipe();
  CHECK(head.bytes().empty());
  // The memory is kept for the next request, so it may be looked at.
  REQUIRE(at.size() > key.size());
  CHECK(at.find("kk") == std::string_view::npos);
  CHECK(at.find("Authorization") == std::string_view::npos);
  REQUIRE(head.build(request_of(), "h", bearer, "x"));
  CHECK(head.bytes().data() == at.data());
}

TEST_CASE_METHOD(test::net_fixture, "bad bytes put no line on the wire",
                 "[head]") {
  using namespace std::string_literals;
  const std::vector<std::string> bad
    = {"\r\nX-Evil: 1", "\nX-Evil: 1", "\rX-Evil: 1", "\r\n\r\nGET /",
       "\r\n folded",   "\0hidden"s,   "\x01",        "\x7f",
       "\x80",          "\xc4\x8a",    "\xef\xbb\xbf"};
  serve(
    {test::upstream_script{}.expect().send(test::ok_response("x")).again()});
  for (const auto& bytes : bad) {
    auto key = vault.key;
    vault.key = "k" + bytes + "e";
    CHECK(ask()->code() == errc::invalid_key);
    vault.key = key;
    CHECK(ask([&](provider_call& one) { one.model = "m" + bytes; })->code()
          == errc::invalid_request);
    auto request = std::make_shared<create_message_request>();
    request->metadata["x-test"] = "v" + bytes;
    CHECK(ask([&](provider_call& one) { one.request = request; })->code()
          == errc::invalid_request);
  }
  CHECK(upstream->requests().empty());
  CHECK(ask()->code() == errc::none);
  REQUIRE(upstream->requests().size() == 1);
  auto& head = upstream->requests().front().head;
  CHECK(std::count(head.begin(), head.end(), '\n') == 8);
}
