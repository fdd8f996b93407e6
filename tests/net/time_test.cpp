// SPDX-License-Identifier: Apache-2.0
// Goal: each of the five time-outs rings at its time, as its own error, and
// says whether the request was sent. Method: the upstream stops at a point, the
// test moves the clock to one millisecond before the limit and then onto it.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct time_fixture : net_fixture {
  // Checks that `sink` ends at exactly `span` from now, and how.
  void ends_at(const sink_ptr& sink, std::chrono::milliseconds span, errc code,
               certainty sent) {
    clock.advance(span - 1ms);
    settle();
    REQUIRE_FALSE(sink->is_done());
    clock.advance(1ms);
    settle();
    REQUIRE(sink->is_done());
    CHECK(sink->code() == code);
    CHECK(sink->outcome.sent == sent);
    CHECK(sink->outcome.why.sent == sent);
    CHECK(port->in_flight() == 0);
    CHECK(clock.alarms() == 0);
  }

  static void whole(provider_call& one) {
    one.stream = false;
  }

  static void embeddings(provider_call& one) {
    one.kind = call_kind::embeddings;
    one.embed = std::make_shared<embedding_input>(embedding_input{{"hello"}});
  }

  void until_asked(size_t requests = 1) {
    until([&] { return upstream->requests().size() == requests; });
    settle();
  }
};

} // namespace

TEST_CASE_METHOD(time_fixture, "a silent resolver is a connect time-out",
                 "[net]") {
  host = "llm.example";
  url_port = 443;
  https = true;
  resolver->is_silent = true;
  auto sink = call();
  ends_at(sink, limits::connect_timeout, errc::connect_timeout, certainty::no);
}

TEST_CASE_METHOD(time_fixture, "a silent handshake is a connect time-out",
                 "[net]") {
  // Accepts TCP and says nothing.
  serve({upstream_script{}.wait("never")});
  https = true;
  auto sink = call();
  until([&] { return upstream->connections() == 1; });
  settle();
  ends_at(sink, limits::connect_timeout, errc::connect_timeout, certainty::no);
  CHECK(vault.redeemed == 0);
}

TEST_CASE_METHOD(time_fixture,
                 "silence behind a request is a first byte "
                 "time-out",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto sink = call(streaming);
  until_asked();
  ends_at(sink, limits::first_byte_timeout, errc::first_byte_timeout,
          certainty::maybe);
  until([&] { return upstream->open_connections() == 0; });
  CHECK(upstream->requests().size() == 1);
}

TEST_CASE_METHOD(time_fixture, "what is generated whole has until the deadline",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto change = GENERATE(as<void (*)(provider_call&)>{}, whole, embeddings);
  auto sink = call([&](provider_call& one) {
    change(one);
    one.deadline = clock.now() + limits::call_timeout_max;
  });
  until_asked();
  ends_at(sink, limits::call_timeout_max, errc::total_timeout,
          certainty::maybe);
}

TEST_CASE_METHOD(time_fixture, "a whole answer may come long after its request",
                 "[net]") {
  serve({upstream_script{}.expect().wait("done").send(ok_response("hello"))});
  auto sink = call();
  until_asked();
  clock.advance(2 * limits::first_byte_timeout);
  settle();
  REQUIRE_FALSE(sink->is_done());
  upstream->raise("done");
  until_done(sink);
  CHECK(sink->code() == errc::none);
}

TEST_CASE_METHOD(time_fixture, "a list is no work, and is not waited for",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto sink = call([](provider_call& one) { one.kind = call_kind::models; });
  until_asked();
  ends_at(sink, limits::first_byte_timeout, errc::first_byte_timeout,
          certainty::maybe);
}

TEST_CASE_METHOD(time_fixture, "an upload that stops moving is timed out",
                 "[net]") {
  serve({upstream_script{}.wait("never")});
  auto sink = call([](provider_call& one) {
    auto request = std::make_shared<create_message_request>();
    request->system.assign(24u << 20, 'x');
    one.request = request;
  });
  until([&] { return upstream->connections() == 1; });
  settle();
  ends_at(sink, limits::first_byte_timeout, errc::first_byte_timeout,
          certainty::maybe);
}

TEST_CASE_METHOD(time_fixture,
                 "interim responses do not stop the wait for the "
                 "first byte",
                 "[net]") {
  serve({upstream_script{}.expect().send("HTTP/1.1 100 Continue\r\n\r\n")});
  auto sink = call(streaming);
  until_asked();
  ends_at(sink, limits::first_byte_timeout, errc::first_byte_timeout,
          certainty::yes);
}

TEST_CASE_METHOD(time_fixture,
                 "the wait for the first byte begins with a whole request, "
                 "also behind interim responses",
                 "[net]") {
  serve({upstream_script{}
           .send("HTTP/1.1 100 Continue\r\n\r\n")
           .wait("read")
           .expect()});
  auto stream = GENERATE(false, true);
  auto sink = call([&](provider_call& one) {
    auto request = std::make_shared<create_message_request>();
    request->system.assign(24u << 20, 'x');
    one.request = request;
    one.stream = stream;
  });
  until([&] { return upstream->sent_bytes() > 0; });
  settle();
  clock.advance(limits::first_byte_timeout - 1ms);
  settle();
  REQUIRE_FALSE(sink->is_done());
  upstream->raise("read");
  until_asked();
  if (stream)
    ends_at(sink, limits::first_byte_timeout, errc::first_byte_timeout,
            certainty::yes);
  else
    ends_at(sink, 600s - limits::first_byte_timeout + 1ms, errc::total_timeout,
            certainty::yes);
}

TEST_CASE_METHOD(time_fixture, "an answer that stops is an idle time-out",
                 "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello"))});
  auto sink = call(streaming);
  until([&] { return sink->text == "hello"; });
  ends_at(sink, limits::stream_idle_timeout, errc::idle_timeout,
          certainty::yes);
  CHECK(sink->outcome.reply.content.empty());
}

TEST_CASE_METHOD(time_fixture,
                 "each piece of an answer starts the idle time "
                 "anew",
                 "[net]") {
  auto script = upstream_script{}.expect().send(chunked_head());
  for (auto i = 0; i < 5; ++i)
    script.wait(std::to_string(i)).send(chunk("x"));
  serve({script});
  auto sink = call(streaming);
  until_asked();
  for (size_t i = 0; i < 5; ++i) {
    upstream->raise(std::to_string(i));
    until([&] { return sink->text.size() == i + 1; });
    clock.advance(limits::stream_idle_timeout - 1ms);
    settle();
    REQUIRE_FALSE(sink->is_done());
  }
  clock.advance(1ms);
  CHECK(sink->code() == errc::idle_timeout);
}

TEST_CASE_METHOD(time_fixture, "a head that trickles in has the idle time once",
                 "[net]") {
  auto script = upstream_script{}.expect().send("H");
  for (auto i = 0; i < 5; ++i)
    script.wait(std::to_string(i)).send("T");
  serve({script});
  auto sink = call();
  until_asked();
  auto step = limits::stream_idle_timeout / 4;
  for (size_t i = 0; i < 4; ++i) {
    REQUIRE_FALSE(sink->is_done());
    auto sent = upstream->sent_bytes();
    upstream->raise(std::to_string(i));
    until([&] { return upstream->sent_bytes() > sent; });
    clock.advance(step);
    settle();
  }
  CHECK(sink->is_done());
}

TEST_CASE_METHOD(time_fixture, "the deadline bounds the whole call", "[net]") {
  auto script = upstream_script{}.expect().send(chunked_head());
  for (auto i = 0; i < 3; ++i)
    script.wait(std::to_string(i)).send(chunk("x"));
  serve({script});
  auto sink = call([&](provider_call& one) {
    one.stream = true;
    one.deadline = clock.now() + 90s;
  });
  until_asked();
  for (size_t i = 0; i < 3; ++i) {
    upstream->raise(std::to_string(i));
    until([&] { return sink->text.size() == i + 1; });
    clock.advance(29s);
    settle();
  }
  ends_at(sink, 3s, errc::total_timeout, certainty::yes);
}

TEST_CASE_METHOD(time_fixture,
                 "a deadline before the first byte is a total "
                 "time-out",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto sink
    = call([&](provider_call& one) { one.deadline = clock.now() + 5s; });
  until_asked();
  ends_at(sink, 5s, errc::total_timeout, certainty::maybe);
}

TEST_CASE_METHOD(time_fixture, "a deadline while connecting sends nothing",
                 "[net]") {
  host = "llm.example";
  https = true;
  resolver->is_silent = true;
  auto sink
    = call([&](provider_call& one) { one.deadline = clock.now() + 5s; });
  ends_at(sink, 5s, errc::deadline_exceeded, certainty::no);
}

TEST_CASE_METHOD(time_fixture, "a deadline that has passed starts nothing",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto behind = GENERATE(0s, -1s);
  auto sink
    = ask([&](provider_call& one) { one.deadline = clock.now() + behind; });
  CHECK(sink->code() == errc::deadline_exceeded);
  CHECK(sink->outcome.sent == certainty::no);
  CHECK(upstream->connections() == 0);
}

TEST_CASE_METHOD(time_fixture,
                 "a finished call leaves no alarm but its "
                 "connection's",
                 "[net]") {
  serve({upstream_script{}.expect().send(ok_response("hello")).again()});
  for (int i = 0; i < 10; ++i)
    ask();
  CHECK(clock.alarms() == 1);
  port->close({errc::stopping});
  CHECK(clock.alarms() == 0);
}
