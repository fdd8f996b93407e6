// SPDX-License-Identifier: Apache-2.0
// Goal: over TLS nothing is said to anybody but the configured host, and
// nothing is used twice that a peer touched. Method: an upstream with
// certificates of a private authority, right and wrong in one way each.
#include "tests/net/tls_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace byollm;
using namespace byollm::test;

TEST_CASE_METHOD(tls_fixture, "a call goes over TLS and keeps its connection",
                 "[net]") {
  serve_all();
  for (int i = 0; i < 5; ++i) {
    auto sink = ask();
    REQUIRE(sink->code() == errc::none);
    CHECK(sink->outcome.reply.text() == "hi");
  }
  CHECK(upstream->connections() == 1);
  CHECK(upstream->requests()[0].header("Authorization")
        == "Bearer " + vault.key);
}

TEST_CASE_METHOD(tls_fixture, "long requests and answers pass TLS whole",
                 "[net]") {
  std::string body(3'000'000, 'y');
  serve_tls({upstream_script{}.expect().send(ok_response(body)).again()});
  for (int i = 0; i < 2; ++i) {
    auto sink = ask([](provider_call& call) {
      auto request = std::make_shared<create_message_request>();
      request->system.assign(5'000'000, 'x');
      call.request = request;
    });
    REQUIRE(sink->code() == errc::none);
    CHECK(sink->outcome.reply.text() == body);
    CHECK(upstream->requests().back().body == std::string(5'000'000, 'x'));
  }
  CHECK(upstream->connections() == 1);
}

TEST_CASE_METHOD(tls_fixture, "a stream comes over TLS byte by byte", "[net]") {
  serve_tls({upstream_script{}.expect().drip(chunked_head() + chunk("hello")
                                             + chunk("[END]") + "0\r\n\r\n")});
  auto sink = ask(streaming);
  CHECK(sink->code() == errc::none);
  CHECK(sink->text == "hello[END]");
}

TEST_CASE_METHOD(tls_fixture, "the system's trust does not cover our authority",
                 "[net]") {
  options.ca_pem_file.clear();
  options.trust_system = true;
  // Set by a host for itself, not for us.
  setenv("SSL_CERT_FILE", ca.file().c_str(), 1);
  CHECK(refused({}) == errc::tls_untrusted);
  unsetenv("SSL_CERT_FILE");
}

TEST_CASE_METHOD(tls_fixture, "an address must stand in the certificate",
                 "[net]") {
  host = "127.0.0.1";
  SECTION("as an address") {
    serve_all({.alternative_names = "IP:127.0.0.1"});
    CHECK(ask()->code() == errc::none);
  }
  SECTION("not as a name") {
    CHECK(refused({.alternative_names = "DNS:127.0.0.1"})
          == errc::tls_untrusted);
  }
  SECTION("not as another address") {
    CHECK(refused({.alternative_names = "IP:127.0.0.2"})
          == errc::tls_untrusted);
  }
}

TEST_CASE_METHOD(tls_fixture, "a server without TLS gets no request", "[net]") {
  serve({upstream_script{}.send("HTTP/1.1 200 OK\r\n\r\n")});
  https = true;
  auto sink = ask();
  CHECK(sink->code() == errc::tls_failed);
  CHECK(sink->outcome.sent == certainty::no);
  CHECK(vault.redeemed == 0);
}

TEST_CASE_METHOD(tls_fixture, "a server that hangs up in the handshake failed",
                 "[net]") {
  serve({upstream_script{}.close()});
  https = true;
  CHECK(ask()->code() == errc::tls_failed);
}

TEST_CASE_METHOD(tls_fixture, "a named CA file that cannot be read is told",
                 "[net]") {
  options.ca_pem_file = "/nonexistent/ca.pem";
  serve_all();
  factory = make_net_factory(*loop, clock, vault, options);
  auto made = factory->make(*target());
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::tls_failed);
  CHECK(made.error().parameter == "ca_pem_file");
}

TEST_CASE_METHOD(tls_fixture,
                 "a permission that was withdrawn ends with its "
                 "TLS connections",
                 "[net]") {
  serve_all();
  REQUIRE(ask()->code() == errc::none);
  allowed = reach::public_only;
  CHECK(ask()->code() == errc::origin_denied);
  until([&] { return upstream->open_connections() == 0; });
  CHECK(upstream->requests().size() == 1);
}

TEST_CASE_METHOD(tls_fixture, "a body that ends with TLS is whole", "[net]") {
  serve_tls(
    {upstream_script{}.expect().send("HTTP/1.1 200 OK\r\n\r\nhello").close()});
  auto sink = ask();
  CHECK(sink->code() == errc::none);
  CHECK(sink->outcome.reply.text() == "hello");
}

TEST_CASE_METHOD(tls_fixture, "a body that ends without TLS's end is cut",
                 "[net]") {
  serve_tls(
    {upstream_script{}.expect().send("HTTP/1.1 200 OK\r\n\r\nhello").cut()});
  CHECK(ask()->code() == errc::truncated);
}

TEST_CASE_METHOD(tls_fixture, "records without data do not go on for ever",
                 "[net]") {
  serve_tls({upstream_script{}
               .expect()
               .send(chunked_head() + chunk("hello"))
               .update_keys(3)
               .send(chunk("more"))
               .update_keys(100'000)});
  auto sink = ask(streaming);
  CHECK(sink->text == "hellomore");
  CHECK(sink->code() == errc::truncated);
}

TEST_CASE_METHOD(tls_fixture, "surplus inside TLS is not the next call's",
                 "[net]") {
  serve_tls({upstream_script{}
               .expect()
               .send(ok_response("hello"))
               .send(ok_response("evil")),
             upstream_script{}.expect().send(ok_response("good"))});
  CHECK(ask()->outcome.reply.text() == "hello");
  auto first = ok_response("hello").size() + ok_response("evil").size();
  until([&] { return upstream->sent_bytes() == first; });
  CHECK(ask()->outcome.reply.text() == "good");
  CHECK(upstream->connections() == 2);
}

TEST_CASE_METHOD(tls_fixture, "a TLS connection closed while idle is replaced",
                 "[net]") {
  serve_tls({upstream_script{}.expect().send(ok_response("one")).close(),
             upstream_script{}.expect().send(ok_response("two"))});
  CHECK(ask()->outcome.reply.text() == "one");
  settle();
  auto sink = ask();
  CHECK(sink->code() == errc::none);
  CHECK(sink->outcome.reply.text() == "two");
}

TEST_CASE_METHOD(tls_fixture, "keys are logged to no file", "[net]") {
  auto log = ca.file() + ".keys";
  setenv("SSLKEYLOGFILE", log.c_str(), 1);
  serve_all();
  CHECK(ask()->code() == errc::none);
  unsetenv("SSLKEYLOGFILE");
  CHECK(std::fopen(log.c_str(), "r") == nullptr);
}
