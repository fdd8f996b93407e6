// SPDX-License-Identifier: Apache-2.0
// Goal: a hostile or broken upstream (security.md, groups E and H) harms its
// own call only. Method: each case is one bad answer, then a good call that
// must not notice: it gets a fresh connection and its own answer.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct framing_fixture : net_fixture {
  // Serves `bytes` to the first call, returns how it ended, and then asks
  // again.
  sink_ptr ask_bad(std::string bytes, bool stream = false) {
    serve({upstream_script{}.expect().send(std::move(bytes)),
           upstream_script{}.expect().send(ok_response("good")).again()});
    auto sink = ask(stream ? streaming : [](provider_call&) {});
    // Closed by us, although the upstream would go on.
    until([&] { return upstream->open_connections() == 0; });
    auto next = ask();
    CHECK(next->code() == errc::none);
    CHECK(next->outcome.reply.text() == "good");
    CHECK(upstream->connections() == 2);
    return sink;
  }
};

std::string status_line(std::string code) {
  return "HTTP/1.1 " + code + " X\r\nContent-Length: 0\r\n\r\n";
}

} // namespace

TEST_CASE_METHOD(framing_fixture, "broken framing is a protocol error",
                 "[net]") {
  auto bytes = GENERATE(
    as<std::string>{},
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: "
    "chunked\r\n\r\nhi",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nhi",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 600 X\r\n\r\n", "SSH-2.0-x\r\n");
  auto sink = ask_bad(bytes);
  CHECK(sink->code() == errc::protocol);
  CHECK(sink->outcome.sent == certainty::yes);
}

TEST_CASE_METHOD(framing_fixture, "an answer without a body is no answer",
                 "[net]") {
  auto code = GENERATE(as<std::string>{}, "204", "205", "304");
  CHECK(ask_bad(status_line(code))->code() == errc::protocol);
}

TEST_CASE_METHOD(framing_fixture, "bytes behind a bodiless answer go nowhere",
                 "[net]") {
  auto sink = ask_bad("HTTP/1.1 204 No Content\r\n\r\n" + ok_response("evil"));
  CHECK(sink->code() == errc::protocol);
}

TEST_CASE_METHOD(framing_fixture, "redirects are not followed", "[net]") {
  auto code
    = GENERATE(as<std::string>{}, "301", "302", "303", "307", "308", "300");
  auto sink = ask_bad("HTTP/1.1 " + code
                      + " X\r\nLocation: http://127.0.0.1:1/\r\n"
                        "Content-Length: 0\r\n\r\n");
  CHECK(sink->code() == errc::redirected);
  CHECK(std::to_string(sink->outcome.why.http_status) == code);
}

TEST_CASE_METHOD(framing_fixture, "a second answer is not the next call's",
                 "[net]") {
  auto sink = ask_bad(ok_response("hello") + ok_response("evil"));
  CHECK(sink->code() == errc::none);
  CHECK(sink->outcome.reply.text() == "hello");
}

TEST_CASE_METHOD(net_fixture,
                 "an answer that nobody asked for is not the next "
                 "call's",
                 "[net]") {
  serve({upstream_script{}
           .expect()
           .send(ok_response("hello"))
           .wait("idle")
           .send(ok_response("evil")),
         upstream_script{}.expect().send(ok_response("good"))});
  REQUIRE(ask()->outcome.reply.text() == "hello");
  upstream->raise("idle");
  auto sent = upstream->sent_bytes();
  until([&] { return upstream->sent_bytes() > sent; });
  auto sink = ask();
  CHECK(sink->outcome.reply.text() == "good");
  CHECK(upstream->connections() == 2);
}

TEST_CASE_METHOD(framing_fixture, "a connection is not kept if it says so",
                 "[net]") {
  auto bytes
    = GENERATE(as<std::string>{}, ok_response("hello", "Connection: close\r\n"),
               "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  auto sink = ask_bad(bytes);
  CHECK(sink->code() == errc::none);
  CHECK(sink->outcome.reply.text() == "hello");
}

TEST_CASE_METHOD(net_fixture, "a body may end with the connection", "[net]") {
  serve(
    {upstream_script{}.expect().send("HTTP/1.1 200 OK\r\n\r\nhello").close()});
  auto sink = ask();
  CHECK(sink->code() == errc::none);
  CHECK(sink->outcome.reply.text() == "hello");
}

TEST_CASE_METHOD(net_fixture, "a body that ends with RST is truncated",
                 "[net]") {
  serve({upstream_script{}
           .expect()
           .send("HTTP/1.1 200 OK\r\n\r\nhello")
           .wait("read")
           .reset()});
  auto sink = call(streaming);
  until([&] { return sink->text == "hello"; });
  upstream->raise("read");
  until_done(sink);
  CHECK(sink->code() == errc::truncated);
  CHECK(sink->outcome.reply.content.empty());
}

TEST_CASE_METHOD(framing_fixture,
                 "a declared length over the limit is refused "
                 "at once",
                 "[net]") {
  auto length = std::to_string(limits::answer_bytes_max + 1);
  auto sink
    = ask_bad("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nhi");
  CHECK(sink->code() == errc::answer_too_large);
  CHECK(sink->outcome.why.parameter == "answer_bytes_max");
}

TEST_CASE_METHOD(framing_fixture, "an undeclared length is cut at the limit",
                 "[net]") {
  auto piece = chunk(std::string(1u << 20, 'x'));
  serve({upstream_script{}.expect().send(chunked_head()).flood(piece, 80),
         upstream_script{}.expect().send(ok_response("good"))});
  auto sink = ask();
  CHECK(sink->code() == errc::answer_too_large);
  CHECK(ask()->code() == errc::none);
}

TEST_CASE_METHOD(net_fixture, "an endless error is read up to its limit",
                 "[net]") {
  auto piece = chunk(std::string(1u << 16, 'x'));
  serve({upstream_script{}
           .expect()
           .send("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n")
           .flood(piece, 1'000)});
  auto sink = ask();
  CHECK(sink->code() == errc::provider_rejected);
  CHECK(sink->outcome.why.http_status == 500);
  until([&] { return upstream->open_connections() == 0; });
  CHECK(upstream->sent_bytes() < 16 * limits::error_body_bytes_max);
}

TEST_CASE_METHOD(net_fixture, "an answer may come byte by byte", "[net]") {
  serve({upstream_script{}
           .expect()
           .drip("HTTP/1.1 100 Continue\r\n\r\n" + chunked_head()
                 + chunk("hello ") + chunk("[END]") + "0\r\n\r\n")
           .expect()
           .send(ok_response("again"))});
  auto sink = ask(streaming);
  CHECK(sink->code() == errc::none);
  CHECK(sink->text == "hello [END]");
  CHECK(ask()->outcome.reply.text() == "again");
  CHECK(upstream->connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "a stream ends with its mark, not with its body",
                 "[net]") {
  serve({upstream_script{}
           .expect()
           .send(chunked_head() + chunk("hello [END]"))
           .wait("never"),
         upstream_script{}.expect().send(ok_response("good"))});
  auto sink = call(streaming);
  until([&] { return sink->text == "hello [END]"; });
  // What a server may still want to say is waited for a moment, no longer.
  CHECK_FALSE(sink->is_done());
  clock.advance(250ms);
  CHECK(sink->is_done());
  CHECK(sink->code() == errc::none);
  CHECK(ask()->code() == errc::none);
  CHECK(upstream->connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "what comes behind the end mark is ignored",
                 "[net]") {
  auto more = GENERATE(as<std::string>{}, "broken chunk\r\n",
                       chunk(std::string(8'000, 'x')), chunk("[FAULT]"));
  serve({upstream_script{}
           .expect()
           .send(chunked_head() + chunk("hello [END]") + more)
           .close()});
  auto sink = ask(streaming);
  CHECK(sink->code() == errc::none);
  CHECK(sink->text == "hello [END]");
}

TEST_CASE_METHOD(net_fixture, "a stream without its mark is truncated",
                 "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello")
                                         + "0\r\n\r\n")});
  auto sink = ask(streaming);
  CHECK(sink->code() == errc::truncated);
  CHECK(sink->text == "hello");
  CHECK(sink->outcome.reply.text() == "hello");
}

TEST_CASE_METHOD(net_fixture, "a fault inside a stream ends it", "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hi")
                                         + chunk("[FAULT]"))});
  auto sink = ask(streaming);
  CHECK(sink->code() == errc::provider_fault);
  CHECK(sink->outcome.sent == certainty::yes);
  CHECK(sink->outcome.why.http_status == 200);
  until([&] { return upstream->open_connections() == 0; });
}

TEST_CASE_METHOD(net_fixture, "a failure holds nothing that the upstream said",
                 "[net]") {
  auto echo = "Bearer " + vault.key;
  auto bytes = GENERATE_COPY(
    "HTTP/1.1 " + echo + "\r\n\r\n", "HTTP/1.1 200 " + echo + "\r\nA: \x01\r\n",
    "HTTP/1.1 302 " + echo + "\r\nLocation: " + echo + "\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: " + echo + "\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: " + echo + "\r\n\r\n",
    "HTTP/1.1 401 " + echo + "\r\nContent-Length: "
      + std::to_string(echo.size()) + "\r\n\r\n" + echo);
  serve({upstream_script{}.expect().send(bytes)});
  auto sink = ask();
  auto& why = sink->outcome.why;
  CHECK(why.code != errc::none);
  for (auto text : {describe(why), why.detail, why.parameter, why.provider_code,
                    why.provider_request_id})
    for (size_t at = 0; at + 8 <= vault.key.size(); ++at)
      CHECK(text.find(vault.key.substr(at, 8)) == std::string::npos);
}
