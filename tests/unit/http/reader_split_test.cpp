// SPDX-License-Identifier: Apache-2.0
// Goal: where a connection's bytes are cut changes nothing. Method: good and
// bad conversations, cut at every single place, into single bytes, and at
// random places, with and without reading straight into the body.
#include "tests/unit/http/reader_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace byollm;
using test::cut;
using test::read;

namespace {

const std::vector<std::string>& conversations() {
  static const std::vector<std::string> all{
    "POST /a%20b?c=d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    "Connection: keep-alive\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=y\r\nhello\r\n3\r\na\r\n\r\n0\r\n\r\n"
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
    "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nx : y\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n0\r\nx: trailer\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\n\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhal",
    "GET / HTTP/1.1\r\nHo"};
  return all;
}

} // namespace

TEST_CASE("where a request is cut changes nothing", "[reader]") {
  for (auto& bytes : conversations()) {
    INFO(bytes);
    auto whole = read({bytes});
    CHECK(read(cut(bytes, 1)) == whole);
    std::string_view all = bytes;
    for (size_t at = 0; at <= all.size(); ++at) {
      INFO("cut at " << at);
      CHECK(read({all.substr(0, at), all.substr(at)}) == whole);
    }
  }
}

TEST_CASE("bodies read straight into their place are the same", "[reader]") {
  constexpr http::request_reader::bounds wide{1'024, 16, 1u << 20};
  std::string body(300'000, '\0');
  std::mt19937 dice{Catch::rngSeed()};
  for (auto& byte : body)
    byte = static_cast<char>(dice());
  auto bytes = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"
               + body + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
  auto whole = read({bytes}, wide);
  REQUIRE(whole.requests.size() == 2);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string_view> pieces;
    std::string_view left = bytes;
    while (!left.empty()) {
      pieces.push_back(left.substr(0, 1 + dice() % 50'000));
      left.remove_prefix(pieces.back().size());
    }
    CHECK(read(pieces, wide, true) == whole);
  }
}
