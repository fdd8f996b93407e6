// SPDX-License-Identifier: Apache-2.0
// Goal: what two readers could understand differently is refused, and what is
// good is read. Method: a table of requests, each refused one beside a twin
// that differs in the offence alone and is taken; whole, byte by byte, and with
// a second request behind.
#include "tests/unit/http/reader_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace std::string_literals;
using test::cut;
using test::read;

namespace {

/// A request by its lines, with one `what` among them.
std::string with(const std::string& what, const std::string& body = "") {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + what + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return with("Transfer-Encoding: chunked\r\n", body);
}

std::string line(const std::string& request_line) {
  return request_line + "\r\nHost: a\r\n\r\n";
}

struct refused {
  const char* what;
  int status;
  std::string bad;
  std::string twin;
};

std::string many_fields(size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i)
    result += "x: y\r\n";
  return with(result);
}

const std::vector<refused>& offences() {
  static const std::vector<refused> all{
    // -- the length of the body
    {"two framings", 400,
     with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
     chunked("0\r\n\r\n")},
    {"two framings, the other way", 400,
     with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
     chunked("0\r\n\r\n")},
    {"two lengths", 400,
     with("Content-Length: 2\r\nContent-Length: 3\r\n", "abc"),
     with("Content-Length: 3\r\n", "abc")},
    {"one length twice", 400,
     with("Content-Length: 3\r\nCONTENT-LENGTH: 3\r\n", "abc"),
     with("CONTENT-LENGTH: 3\r\n", "abc")},
    {"a list of lengths", 400, with("Content-Length: 3, 3\r\n", "abc"),
     with("Content-Length: 3\r\n", "abc")},
    {"a signed length", 400, with("Content-Length: +3\r\n", "abc"),
     with("Content-Length: 3\r\n", "abc")},
    {"a negative length", 400, with("Content-Length: -0\r\n"),
     with("Content-Length: 0\r\n")},
    {"an octal length", 400, with("Content-Length: 03\r\n", "abc"),
     with("Content-Length: 3\r\n", "abc")},
    {"a hexadecimal length", 400, with("Content-Length: 0x3\r\n", "abc"),
     with("Content-Length: 3\r\n", "abc")},
    {"an empty length", 400, with("Content-Length:\r\n"),
     with("Content-Length: 0\r\n")},
    {"a length with a blank inside", 400, with("Content-Length: 1 1\r\n"),
     with("Content-Length: \t 2 \t \r\n", "ab")},
    {"a length beyond 64 bits", 400,
     with("Content-Length: 18446744073709551619\r\n", "abc"),
     with("Content-Length: 3\r\n", "abc")},
    {"a length over the bound", 413, with("Content-Length: 257\r\n"),
     with("Content-Length: 256\r\n", std::string(256, 'b'))},
    // -- codings
    {"an unknown coding", 501, with("Transfer-Encoding: gzip\r\n"),
     chunked("0\r\n\r\n")},
    {"a list of codings", 501, with("Transfer-Encoding: gzip, chunked\r\n"),
     chunked("0\r\n\r\n")},
    {"a coding twice", 501, with("Transfer-Encoding: chunked, chunked\r\n"),
     with("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n")},
    {"two codings", 400,
     with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
     chunked("0\r\n\r\n")},
    {"a disguised coding", 400,
     with("Transfer-Encoding: \x0b"
          "chunked\r\n"),
     chunked("0\r\n\r\n")},
    {"a quoted coding", 501, with("Transfer-Encoding: \"chunked\"\r\n"),
     chunked("0\r\n\r\n")},
    {"a coding in HTTP/1.0", 400,
     "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx"},
    // -- chunks
    {"a chunk without digits", 400, chunked("\r\n\r\n"), chunked("0\r\n\r\n")},
    {"a signed chunk", 400, chunked("+1\r\na\r\n0\r\n\r\n"),
     chunked("1\r\na\r\n0\r\n\r\n")},
    {"a chunk with 0x", 400, chunked("0x1\r\na\r\n0\r\n\r\n"),
     chunked("01\r\na\r\n0\r\n\r\n")},
    {"a chunk beyond 64 bits", 400,
     chunked("10000000000000001\r\na\r\n0\r\n\r\n"),
     chunked("0000000000000001\r\na\r\n0\r\n\r\n")},
    {"a chunk over the bound", 413, chunked("101\r\n"),
     chunked("100\r\n" + std::string(256, 'c') + "\r\n0\r\n\r\n")},
    {"chunks over the bound together", 413,
     chunked("80\r\n" + std::string(128, 'c') + "\r\n81\r\n"),
     chunked("80\r\n" + std::string(128, 'c') + "\r\n80\r\n"
             + std::string(128, 'c') + "\r\n0\r\n\r\n")},
    {"a huge chunk", 413, chunked("ffffffffffffffff\r\n"),
     chunked("1\r\na\r\n0\r\n\r\n")},
    {"a chunk longer than it says", 400, chunked("1\r\nab\r\n0\r\n\r\n"),
     chunked("2\r\nab\r\n0\r\n\r\n")},
    {"a chunk that ends in LF", 400, chunked("1\r\na\n0\r\n\r\n"),
     chunked("1\r\na\r\n0\r\n\r\n")},
    {"a chunk line that ends in LF", 400, chunked("1\na\r\n0\r\n\r\n"),
     chunked("1\r\na\r\n0\r\n\r\n")},
    {"a line end in an extension", 400, chunked("1;a\rb\r\nx\r\n0\r\n\r\n"),
     chunked("1;ab\r\nx\r\n0\r\n\r\n")},
    {"a blank in place of an extension", 400, chunked("1 \r\nx\r\n0\r\n\r\n"),
     chunked("1 ;a=\"b\"\r\nx\r\n0\r\n\r\n")},
    {"an extension over the bound", 400,
     chunked("1;" + std::string(4096, 'e') + "\r\nx\r\n0\r\n\r\n"),
     chunked("1;" + std::string(4095, 'e') + "\r\nx\r\n0\r\n\r\n")},
    {"extensions over the bound together", 400,
     chunked("1;" + std::string(4095, 'e') + "\r\nx\r\n1;\r\n"),
     chunked("1;" + std::string(4094, 'e') + "\r\nx\r\n1;\r\nx\r\n0\r\n\r\n")},
    {"a trailer", 400, chunked("0\r\nx: y\r\n\r\n"), chunked("0\r\n\r\n")},
    // -- lines
    {"a bare LF after a field", 400, "GET / HTTP/1.1\r\nHost: a\n\r\n",
     line("GET / HTTP/1.1")},
    {"a bare LF after the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n",
     line("GET / HTTP/1.1")},
    {"a bare CR in a value", 400, with("x: a\rb\r\n"), with("x: a b\r\n")},
    {"two CRs", 400, with("x: a\r\r\n"), with("x: a\r\n")},
    {"a NUL in a value", 400, with("x: a\0b\r\n"s), with("x: ab\r\n")},
    {"a control character in a value", 400,
     with("x: a\x7f"
          "b\r\n"),
     with("x: a\tb\r\n")},
    {"a folded field", 400, with("x: a\r\n b\r\n"), with("x: a b\r\n")},
    {"a field folded by a tab", 400, with("x: a\r\n\tb: c\r\n"),
     with("x: a\r\nb: c\r\n")},
    {"a blank before the colon", 400, with("x : a\r\n"), with("x: a\r\n")},
    {"a blank before the first field", 400,
     "GET / HTTP/1.1\r\n Host: a\r\n\r\n", line("GET / HTTP/1.1")},
    {"a field without a colon", 400, with("x\r\n"), with("x:\r\n")},
    {"a field without a name", 400, with(": a\r\n"), with("x: a\r\n")},
    {"a name with a NUL", 400, with("x\0y: a\r\n"s), with("xy: a\r\n")},
    {"a name outside ASCII", 400, with("\xc3\xa4: a\r\n"),
     with("a: \xc3\xa4\r\n")},
    {"an empty line first", 400, "\r\n" + line("GET / HTTP/1.1"),
     line("GET / HTTP/1.1")},
    // -- the request line
    {"two blanks", 400, line("GET  / HTTP/1.1"), line("GET / HTTP/1.1")},
    {"a blank at the end", 400, line("GET / HTTP/1.1 "),
     line("GET / HTTP/1.1")},
    {"a tab", 400, line("GET\t/ HTTP/1.1"), line("GET / HTTP/1.1")},
    {"no version", 400, line("GET /"), line("GET / HTTP/1.1")},
    {"HTTP/2 by its preface", 505, line("PRI * HTTP/2.0"),
     line("GET / HTTP/1.1")},
    {"a later version", 505, line("GET / HTTP/1.2"), line("GET / HTTP/1.1")},
    {"a version in small letters", 400, line("GET / http/1.1"),
     line("GET / HTTP/1.1")},
    {"a malformed method", 400, line("G(T / HTTP/1.1"), line("G-T / HTTP/1.1")},
    {"absolute-form", 400, line("GET http://a/ HTTP/1.1"),
     line("GET / HTTP/1.1")},
    {"authority-form", 400, line("CONNECT a:443 HTTP/1.1"),
     line("GET / HTTP/1.1")},
    {"asterisk-form", 400, line("OPTIONS * HTTP/1.1"),
     line("OPTIONS / HTTP/1.1")},
    {"a byte outside ASCII in the target", 400, line("GET /\xc3\xa4 HTTP/1.1"),
     line("GET /%c3%a4 HTTP/1.1")},
    {"a blank in the target", 400, line("GET /a b HTTP/1.1"),
     line("GET /a%20b HTTP/1.1")},
    // -- the fields that decide
    {"no Host", 400, "GET / HTTP/1.1\r\nx: y\r\n\r\n",
     "GET / HTTP/1.0\r\nx: y\r\n\r\n"},
    {"two Hosts", 400, with("Host: a\r\n"), with("Hosts: a\r\n")},
    {"a Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
     line("GET / HTTP/1.1")},
    {"two keys", 400,
     with("Authorization: Bearer a\r\nauthorization: Bearer b\r\n"),
     with("Authorization: Bearer a\r\n")},
    {"another expectation", 417, with("Expect: 200-ok\r\n"),
     with("Expect: 100-Continue\r\n")},
    // -- bounds of the head
    {"too many fields", 431, many_fields(16), many_fields(15)},
    {"a head over the bound", 431,
     with("x: " + std::string(1024 - 33, 'h') + "\r\n"),
     with("x: " + std::string(1024 - 34, 'h') + "\r\n")},
  };
  return all;
}

} // namespace

TEST_CASE("what could be read in two ways is refused", "[reader]") {
  const auto next = line("GET /next HTTP/1.1");
  for (auto& [what, status, bad, twin] : offences()) {
    INFO(what);
    for (size_t piece : {size_t{1} << 20, size_t{1}}) {
      INFO("in pieces of " << piece);
      // Nothing behind what was refused is taken for a request.
      auto refused = read(cut(bad + next, piece));
      CHECK(refused.status == status);
      CHECK(refused.requests.empty());
      auto good = read(cut(twin + next, piece));
      CHECK(good.status == 0);
      CHECK(good.requests.size() == 2);
      CHECK(!good.is_open);
    }
  }
}

TEST_CASE("a request is read as it was meant", "[reader]") {
  auto got = read({"PUT /v1/m%2F1/%7Eada?q=%41&x HTTP/1.1\r\nHOST: a:80\r\n"
                   "X-Mixed:  some value \t\r\ncontent-length: 4\r\n\r\n"
                   "a\r\nb"});
  REQUIRE(got.requests.size() == 1);
  CHECK(got.requests[0]
        == "PUT /v1/m/1/~ada?q=%41&x|host=a:80|x-mixed=some value"
           "|content-length=4|a\r\nb");
}

TEST_CASE("chunks are put together", "[reader]") {
  auto got = read({chunked("3\r\nabc\r\n1;x=y\r\nd\r\nA\r\n0123456789\r\n"
                           "0\r\n\r\n")});
  REQUIRE(got.requests.size() == 1);
  CHECK(got.requests[0]
        == "POST /x|host=a|transfer-encoding=chunked|abcd0123456789");
}

TEST_CASE("a broken reader stays broken", "[reader]") {
  http::request_reader reader{test::small_bounds};
  std::string_view bad = "GET\r\n\r\n";
  CHECK(reader.take(bad) == http::request_reader::step::bad);
  auto good = line("GET / HTTP/1.1");
  std::string_view more = good;
  CHECK(reader.take(more) == http::request_reader::step::bad);
}

TEST_CASE("the head is there before the body", "[reader]") {
  http::request_reader reader{test::small_bounds};
  auto bytes = with("Content-Length: 2\r\nExpect: 100-continue\r\n", "ab");
  std::string_view left = bytes;
  REQUIRE(reader.take(left) == http::request_reader::step::head);
  CHECK(reader.head().path == "/x");
  CHECK(reader.framing().expects_continue);
  CHECK(reader.awaits_body());
  CHECK(left == "ab");
  REQUIRE(reader.take(left) == http::request_reader::step::request);
  CHECK(!reader.awaits_body());
}

TEST_CASE("the head of a body that is too large is known", "[reader]") {
  http::request_reader reader{test::small_bounds};
  auto bytes = with("Content-Length: 257\r\n");
  std::string_view left = bytes;
  REQUIRE(reader.take(left) == http::request_reader::step::bad);
  CHECK(reader.has_head());
  CHECK(reader.head().path == "/x");
}

TEST_CASE("a connection closes when one side says so", "[reader]") {
  struct row {
    const char* value;
    bool closes;
  };
  for (auto [value, closes] : {row{"close", true},
                               {"Close", true},
                               {"keep-alive", false},
                               {"keep-alive, close", true},
                               {"close,x", true},
                               {"closed", false},
                               {"x ,\tCLOSE\t", true},
                               {"", false},
                               {",", false}}) {
    INFO(value);
    http::request_reader reader{test::small_bounds};
    auto bytes = with("Connection: "s + value + "\r\n");
    std::string_view left = bytes;
    REQUIRE(reader.take(left) == http::request_reader::step::head);
    CHECK(reader.framing().closes == closes);
  }
}
