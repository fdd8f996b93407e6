// SPDX-License-Identifier: Apache-2.0
// Goal: an attempt says exactly what happened to it, and connections are used
// again only as they should be. Method: a scripted upstream on loopback, a
// clock that the test moves.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

upstream_script answers_all(std::string body = "hello") {
  return upstream_script{}.expect().send(ok_response(body)).again();
}

} // namespace

TEST_CASE_METHOD(net_fixture, "a call goes out as one well-formed request",
                 "[net]") {
  serve({answers_all()});
  auto sink = ask([](provider_call& call) {
    auto request = std::make_shared<create_message_request>();
    request->system = "{\"a\":1}";
    request->metadata["x-test"] = "yes";
    call.request = request;
    call.model = "model-2";
  });
  REQUIRE(sink->code() == errc::none);
  REQUIRE(upstream->requests().size() == 1);
  auto& seen = upstream->requests().front();
  CHECK(seen.head.rfind("POST /base/chat HTTP/1.1\r\n", 0) == 0);
  CHECK(seen.header("Host") == "127.0.0.1:" + std::to_string(upstream->port()));
  CHECK(seen.header("Authorization") == "Bearer " + vault.key);
  CHECK(seen.header("Accept-Encoding") == "identity");
  CHECK(seen.header("Content-Length") == "7");
  CHECK(seen.header("x-test") == "yes");
  CHECK(seen.header("x-model") == "model-2");
  CHECK(seen.body == "{\"a\":1}");
}

TEST_CASE_METHOD(net_fixture, "the trace goes along, ours if there is one",
                 "[net]") {
  const std::string given
    = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const std::string ours
    = "00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01";
  using both = std::pair<std::string, std::string>;
  serve({answers_all()});
  auto headers = [&](trace_headers trace, const std::string& own) {
    ask([&](provider_call& call) {
      auto request = std::make_shared<create_message_request>();
      request->trace = std::move(trace);
      call.request = request;
      call.traceparent = own;
    });
    const auto& seen = upstream->requests().back();
    return both{seen.header("traceparent"), seen.header("tracestate")};
  };
  CHECK(headers({}, "") == both{"", ""});
  CHECK(headers({given, "a=1"}, "") == both{given, "a=1"});
  CHECK(headers({given, "a=1"}, ours) == both{ours, "a=1"});
  CHECK(headers({}, ours) == both{ours, ""});
  CHECK(headers({"00-malformed", "a=1"}, "") == both{"", ""});
}

TEST_CASE_METHOD(net_fixture, "the outcome carries reply, certainty and times",
                 "[net]") {
  serve({upstream_script{}.expect().wait("go").send(
    ok_response("hello", "X-Request-Id: r-1\r\n"))});
  auto sink = call();
  until([&] { return upstream->requests().size() == 1; });
  clock.advance(3ms);
  upstream->raise("go");
  until_done(sink);
  auto& outcome = sink->outcome;
  CHECK(outcome.why.code == errc::none);
  CHECK(outcome.sent == certainty::yes);
  CHECK(outcome.first_byte == 3ms);
  CHECK(outcome.latency == 3ms);
  CHECK(outcome.reply.text() == "hello");
  CHECK(outcome.reply.provider == "plain");
  CHECK(outcome.reply.model == "model-1");
  CHECK(outcome.reply.is_byollm);
  CHECK(outcome.reply.provider_request_id == "r-1");
  // Nobody asked for a stream.
  CHECK(sink->deltas == 0);
  CHECK_FALSE(outcome.first_token);
  CHECK(port->in_flight() == 0);
}

TEST_CASE_METHOD(net_fixture, "a stream's first token is its first content",
                 "[net]") {
  serve({upstream_script{}
           .expect()
           .wait("head")
           .send(chunked_head() + chunk("[PING]"))
           .wait("token")
           .send(chunk("hi"))
           .wait("end")
           .send(chunk("[END]") + "0\r\n\r\n")});
  auto sink = call(streaming);
  until([&] { return upstream->requests().size() == 1; });
  clock.advance(3ms);
  upstream->raise("head");
  until([&] { return sink->deltas == 1; });
  clock.advance(40ms);
  upstream->raise("token");
  until([&] { return sink->deltas == 2; });
  clock.advance(500ms);
  upstream->raise("end");
  until_done(sink);
  CHECK(sink->outcome.first_byte == 3ms);
  CHECK(sink->outcome.first_token == 43ms);
}

TEST_CASE_METHOD(net_fixture, "many calls in turn share one connection",
                 "[net]") {
  serve({answers_all()});
  for (int i = 0; i < 20; ++i)
    REQUIRE(ask()->code() == errc::none);
  CHECK(upstream->connections() == 1);
  CHECK(upstream->requests().size() == 20);
}

TEST_CASE_METHOD(net_fixture, "a reader of the outcome may call at once",
                 "[net]") {
  serve({answers_all()});
  auto first = call();
  sink_ptr second;
  first->at_done = [&] { second = call(); };
  until([&] { return second && second->is_done(); });
  CHECK(second->code() == errc::none);
  CHECK(upstream->connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "the connection used last is used first",
                 "[net]") {
  serve({answers_all()});
  auto first = call();
  auto second = call();
  until_done(first);
  until_done(second);
  REQUIRE(upstream->connections() == 2);
  auto last = upstream->requests().back().connection;
  for (int i = 0; i < 5; ++i) {
    ask();
    CHECK(upstream->requests().back().connection == last);
  }
}

TEST_CASE_METHOD(net_fixture, "an idle connection is closed after its time",
                 "[net]") {
  serve({answers_all()});
  ask();
  clock.advance(limits::pooled_idle_max - 1ms);
  settle();
  CHECK(upstream->open_connections() == 1);
  clock.advance(1ms);
  until([&] { return upstream->open_connections() == 0; });
  CHECK(clock.alarms() == 0);
  CHECK(ask()->code() == errc::none);
  CHECK(upstream->connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "no more connections are kept than may be",
                 "[net]") {
  options.idle_connections_max = 1;
  serve({answers_all()});
  auto first = call();
  auto second = call();
  until_done(first);
  until_done(second);
  until([&] { return upstream->open_connections() == 1; });
}

TEST_CASE_METHOD(net_fixture,
                 "a connection closed while idle is replaced unseen", "[net]") {
  auto last_answer = upstream_script{}.expect().send(ok_response("one"));
  SECTION("by FIN") {
    serve({upstream_script{last_answer}.close(), answers_all()});
  }
  SECTION("by RST") {
    serve({upstream_script{last_answer}.reset(), answers_all()});
  }
  ask();
  until([&] { return upstream->open_connections() == 0; });
  auto sink = ask();
  CHECK(sink->code() == errc::none);
  CHECK(upstream->connections() == 2);
  CHECK(upstream->requests().size() == 2);
}

TEST_CASE_METHOD(net_fixture,
                 "a connection lost behind the request may have delivered it",
                 "[net]") {
  auto dies = upstream_script{}.expect();
  SECTION("by FIN") {
    serve({upstream_script{dies}.close()});
  }
  SECTION("by RST") {
    serve({upstream_script{dies}.reset()});
  }
  auto sink = ask();
  CHECK(sink->code() == errc::connection_lost);
  CHECK(sink->outcome.sent == certainty::maybe);
  CHECK(sink->outcome.why.sent == certainty::maybe);
  // Whether to ask again is not the transport's to decide.
  CHECK(upstream->requests().size() == 1);
  CHECK(upstream->connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "an answer that breaks off is truncated",
                 "[net]") {
  auto half = GENERATE(
    as<std::string>{}, "HTTP/1.1 2", "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n");
  serve({upstream_script{}.expect().send(half).close()});
  auto sink = ask();
  CHECK(sink->code() == errc::truncated);
  CHECK(sink->outcome.sent == certainty::yes);
}

TEST_CASE_METHOD(net_fixture, "a refused connection was never asked", "[net]") {
  // The port of an upstream that is gone.
  serve({answers_all()});
  upstream.reset();
  settle();
  auto sink = ask();
  CHECK(sink->code() == errc::connect_failed);
  CHECK(sink->outcome.sent == certainty::no);
  CHECK(vault.redeemed == 0);
}

TEST_CASE_METHOD(net_fixture, "an answer may come before the request is read",
                 "[net]") {
  // The kernel cannot buffer this much, so the write never ends.
  serve({upstream_script{}.expect_head().send(
    "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")});
  auto sink = ask([](provider_call& call) {
    auto request = std::make_shared<create_message_request>();
    request->system.assign(24u << 20, 'x');
    call.request = request;
  });
  CHECK(sink->code() == errc::provider_rejected);
  CHECK(sink->outcome.why.http_status == 413);
  until([&] { return upstream->open_connections() == 0; });
}

TEST_CASE_METHOD(net_fixture, "an error answer keeps the connection", "[net]") {
  serve({upstream_script{}
           .expect()
           .send("HTTP/1.1 429 Slow down\r\nContent-Length: 2\r\n\r\n{}")
           .expect()
           .send(ok_response("hello"))});
  auto sink = ask();
  CHECK(sink->code() == errc::provider_rejected);
  CHECK(sink->outcome.why.http_status == 429);
  CHECK(ask()->code() == errc::none);
  CHECK(upstream->connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "what cannot be encoded is never sent", "[net]") {
  serve({answers_all()});
  auto sink = ask([](provider_call& call) {
    auto request = std::make_shared<create_message_request>();
    request->purpose = "unencodable";
    call.request = request;
  });
  CHECK(sink->code() == errc::invalid_request);
  CHECK(sink->outcome.sent == certainty::no);
  CHECK(vault.redeemed == 0);
  CHECK(port->in_flight() == 0);
}

TEST_CASE_METHOD(net_fixture, "a redeemed ticket asks nothing", "[net]") {
  serve({answers_all()});
  auto sink = ask([](provider_call& call) { call.ticket->redeem(); });
  CHECK(sink->code() == errc::unavailable);
  CHECK(upstream->requests().empty());
}

TEST_CASE_METHOD(net_fixture, "a port serves its own isolation key only",
                 "[net]") {
  serve({answers_all()});
  ask();
  owner = "bob";
  auto sink = ask();
  CHECK(sink->code() == errc::unavailable);
  CHECK(sink->outcome.sent == certainty::no);
  CHECK(upstream->requests().size() == 1);
}

TEST_CASE_METHOD(net_fixture, "an unknown provider has no port", "[net]") {
  serve({answers_all()});
  options.find
    = [](std::string_view) noexcept -> const dialect* { return nullptr; };
  factory = make_net_factory(*loop, clock, vault, options);
  auto made = factory->make(*target());
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::invalid_config);
}
