// SPDX-License-Identifier: Apache-2.0
// Goal: of HTTP's many readings the framer knows one, however the bytes are
// split. Method: plain calls; every response is fed whole, byte by byte, and
// cut in two at each place.
#include "messages/limits.hpp"
#include "tests/net/framed.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace byollm;
using namespace byollm::test;

namespace {

// All ways to feed must agree; returns what they agree on.
framed feed_all_ways(std::string_view bytes) {
  CAPTURE(bytes);
  auto whole = feed_whole(bytes);
  std::vector<size_t> each;
  for (size_t at = 1; at <= bytes.size(); ++at)
    each.push_back(at);
  CHECK(feed(bytes, each).verdict() == whole.verdict());
  for (size_t at = 1; at < bytes.size(); ++at)
    CHECK(feed(bytes, {at, bytes.size()}).verdict() == whole.verdict());
  return whole;
}

std::string with_fields(std::string_view fields, std::string_view body = {}) {
  std::string result = "HTTP/1.1 200 OK\r\n";
  return result.append(fields).append("\r\n").append(body);
}

} // namespace

TEST_CASE("a body with a length is passed on", "[framer]") {
  auto got = feed_all_ways(
    with_fields("Content-Length: 5\r\nX-Name:  a b \r\n", "hello"));
  CHECK(got.code == errc::none);
  CHECK(got.is_done);
  CHECK(got.keeps_alive);
  CHECK(got.seen.heads == 1);
  CHECK(got.seen.body == "hello");
  CHECK(got.seen.length == 5u);
  REQUIRE(got.seen.fields.size() == 2);
  CHECK(got.seen.fields[1].name == "x-name");
  CHECK(got.seen.fields[1].value == "a b");
}

TEST_CASE("a chunked body is passed on without its frame", "[framer]") {
  auto got = feed_all_ways(
    with_fields("Transfer-Encoding: Chunked\r\n",
                "5;a=b\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\n\r\n"));
  CHECK(got.code == errc::none);
  CHECK(got.is_done);
  CHECK(got.keeps_alive);
  CHECK(got.seen.body == "hello world!");
}

TEST_CASE("trailers are ignored, whatever they say", "[framer]") {
  auto trailers
    = GENERATE(as<std::string>{}, "Set-Cookie: a=b\r\n", "Authorization: x\r\n",
               "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n");
  auto bytes = with_fields("Transfer-Encoding: chunked\r\n",
                           "5\r\nhello\r\n0\r\n" + trailers + "\r\n");
  auto got = feed_whole(bytes);
  CHECK(got.code == errc::none);
  CHECK(got.is_done);
  CHECK(got.seen.body == "hello");
  CHECK(got.seen.fields.size() == 1);
}

TEST_CASE("ambiguous framing is refused", "[framer]") {
  auto fields = GENERATE(
    as<std::string>{}, "Content-Length: 2\r\nContent-Length: 2\r\n",
    "Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: 2, 2\r\n",
    "Content-Length: +2\r\n", "Content-Length: -1\r\n",
    "Content-Length: 0x2\r\n", "Content-Length: 2 \r\nContent-Length:\r\n",
    "Content-Length:\r\n", "Content-Length: 18446744073709551616\r\n",
    "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
    "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding:\r\n");
  CHECK(feed_all_ways(with_fields(fields, "2\r\nhi\r\n0\r\n\r\n")).code
        == errc::protocol);
}

TEST_CASE("a malformed head is refused", "[framer]") {
  auto bytes = GENERATE(
    as<std::string>{}, "HTTP/1.1 099 Low\r\n\r\n", "HTTP/1.1 600 High\r\n\r\n",
    "HTTP/1.1 999 High\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA:\r\n b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\r\n \r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n 2\r\n\r\nhi",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n",
    "HTTP/1.1 101 Switch\r\n\r\n");
  CHECK(feed_all_ways(bytes).code == errc::protocol);
}

TEST_CASE("a NUL in a head is refused", "[framer]") {
  std::string bytes = "HTTP/1.1 200 OK\r\nA: b";
  bytes.push_back('\0');
  bytes += "c\r\n\r\n";
  CHECK(feed_whole(bytes).code == errc::protocol);
}

TEST_CASE("malformed chunks are refused", "[framer]") {
  auto body = GENERATE(as<std::string>{}, "x\r\n", "-1\r\n", "+5\r\nhello\r\n",
                       "5\nhello\r\n", "5\r\nhelloXX0\r\n\r\n",
                       "10000000000000000\r\n", "5 5\r\nhello\r\n");
  CHECK(feed_whole(with_fields("Transfer-Encoding: chunked\r\n", body)).code
        == errc::protocol);
}

TEST_CASE("eight interim responses are passed over, a ninth is refused",
          "[framer]") {
  std::string bytes;
  for (size_t i = 0; i < limits::http_interim_responses_max; ++i)
    bytes += i % 2 ? "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
                   : "HTTP/1.1 100 Continue\r\n\r\n";
  auto answer = with_fields("Content-Length: 2\r\n", "hi");
  auto got = feed_all_ways(bytes + answer);
  CHECK(got.code == errc::none);
  CHECK(got.seen.heads == 1);
  CHECK(got.seen.code == 200);
  CHECK(got.seen.body == "hi");
  CHECK(got.seen.fields.size() == 1);
  CHECK(feed_whole(bytes + "HTTP/1.1 100 Continue\r\n\r\n" + answer).code
        == errc::protocol);
}

TEST_CASE("a head may be as long as its limit, and no longer", "[framer]") {
  auto head_of = [](size_t size) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    // Many short fields: the parser forgets those that it has taken.
    auto field = "X: " + std::string(1'000, 'x') + "\r\n";
    while (head.size() + field.size() + 16 < size)
      head += field;
    head += "Y: ";
    head.append(size - head.size() - 4, 'y');
    return head + "\r\n\r\n";
  };
  auto longest = head_of(limits::http_header_bytes_max);
  REQUIRE(longest.size() == limits::http_header_bytes_max);
  std::vector<size_t> cuts;
  for (size_t at = 1'000; at < longest.size(); at += 1'000)
    cuts.push_back(at);
  cuts.push_back(longest.size());
  CHECK(feed_whole(longest).is_done);
  CHECK(feed(longest, cuts).is_done);
  auto longer = head_of(limits::http_header_bytes_max + 1);
  cuts.back() = longer.size();
  CHECK(feed_whole(longer).code == errc::protocol);
  CHECK(feed(longer, cuts).code == errc::protocol);
}

TEST_CASE("a head may have as many fields as its limit, and no more",
          "[framer]") {
  std::string fields = "Content-Length: 0\r\n";
  for (size_t i = 1; i < limits::http_header_fields_max; ++i)
    fields += "X: y\r\n";
  CHECK(feed_whole(with_fields(fields)).is_done);
  CHECK(feed_whole(with_fields(fields + "X: y\r\n")).code == errc::protocol);
}

TEST_CASE("chunk extensions count against one budget", "[framer]") {
  auto body_of = [](size_t total) {
    std::string body;
    for (auto left = total; left > 0;) {
      auto size = std::min<size_t>(left, 1'000);
      body += "1;" + std::string(size - 1, 'e') + "\r\nx\r\n";
      left -= size;
    }
    return with_fields("Transfer-Encoding: chunked\r\n", body + "0\r\n\r\n");
  };
  auto limit = limits::http_chunk_extension_bytes_max;
  CHECK(feed_whole(body_of(limit)).is_done);
  CHECK(feed_whole(body_of(limit + 1)).code == errc::protocol);
}

TEST_CASE("a chunk header or trailers without an end are cut off", "[framer]") {
  auto start = GENERATE(as<std::string>{}, "1;", "0\r\nX: ");
  auto bytes = with_fields("Transfer-Encoding: chunked\r\n",
                           start + std::string(16'000, 'e'));
  CHECK(feed_whole(bytes).code == errc::protocol);
}

TEST_CASE("bytes behind a response stay unused", "[framer]") {
  auto first = with_fields("Content-Length: 2\r\n", "hi");
  auto got
    = feed_all_ways(first + with_fields("Content-Length: 4\r\n", "evil"));
  CHECK(got.is_done);
  CHECK(got.seen.body == "hi");
  CHECK(got.used == first.size());
}

TEST_CASE("a body without a frame ends with the connection, if properly",
          "[framer]") {
  net::response_framer framer;
  collected seen;
  auto bytes = with_fields("X: y\r\n", "hello");
  REQUIRE(*framer.feed(bytes, seen) == bytes.size());
  CHECK(seen.body == "hello");
  CHECK_FALSE(framer.is_done());
  SECTION("properly") {
    CHECK(framer.finish(true));
    CHECK(framer.is_done());
    CHECK_FALSE(framer.keeps_alive());
  }
  SECTION("cut") {
    auto ended = framer.finish(false);
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == errc::truncated);
  }
}

TEST_CASE("a framed body does not end with the connection", "[framer]") {
  auto bytes = GENERATE(
    as<std::string>{}, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "HTTP/1.1 200 OK\r\nX:", "HTTP/1.1 100 Continue\r\n\r\n");
  net::response_framer framer;
  collected seen;
  REQUIRE(framer.feed(bytes, seen));
  auto ended = framer.finish(true);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == errc::truncated);
}

TEST_CASE("a connection that says so is not kept", "[framer]") {
  CHECK_FALSE(feed_whole(with_fields("Content-Length: 0\r\n"
                                     "Connection: close\r\n"))
                .keeps_alive);
  CHECK_FALSE(
    feed_whole("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keeps_alive);
}

TEST_CASE("a framer frames one response after another", "[framer]") {
  net::response_framer framer;
  for (int i = 0; i < 3; ++i) {
    collected seen;
    framer.start();
    CHECK(framer.is_waiting());
    auto bytes = with_fields("Content-Length: 2\r\n", "hi");
    CHECK(*framer.feed(bytes, seen) == bytes.size());
    CHECK(framer.is_done());
    CHECK(seen.fields.size() == 1);
    CHECK(seen.body == "hi");
  }
}

TEST_CASE("a failure of the receiver stops the framer", "[framer]") {
  struct refusing final : net::framing_events {
    status on_head(const response_head&, std::optional<uint64_t>) override {
      return unit{};
    }
    status on_body(std::string_view) override {
      return failure{errc::provider_fault, "enough"};
    }
  } seen;
  net::response_framer framer;
  auto fed = framer.feed(with_fields("Content-Length: 2\r\n", "hi"), seen);
  REQUIRE_FALSE(fed);
  CHECK(fed.error().code == errc::provider_fault);
  CHECK(fed.error().detail == "enough");
}
