// SPDX-License-Identifier: Apache-2.0
// Goal: whoever stops a call, and from wherever, its sink hears of it exactly
// once and its socket is closed. Method: cancel, close and destroy at each
// point of a call's life, also from inside the sink.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct cancel_fixture : net_fixture {
  sink_ptr start(bool stream = false) {
    return call([&](provider_call& one) {
      one.stream = stream;
      receipt = one.ticket->receipt();
    });
  }

  void check_cancelled(const sink_ptr& sink, certainty sent) {
    CHECK(sink->ends == 1);
    CHECK(sink->code() == errc::cancelled);
    CHECK(sink->outcome.sent == sent);
    CHECK(port->in_flight() == 0);
    CHECK(clock.alarms() == 0);
    until([&] { return upstream->open_connections() == 0; });
    settle();
    CHECK(sink->ends == 1);
  }

  intent_receipt_ptr receipt;
};

} // namespace

TEST_CASE_METHOD(cancel_fixture, "a call is cancelled while it connects",
                 "[net]") {
  serve({upstream_script{}.expect().send(ok_response("hello"))});
  auto sink = start();
  port->cancel(*receipt);
  check_cancelled(sink, certainty::no);
  CHECK(upstream->requests().empty());
  CHECK(vault.redeemed == 0);
}

TEST_CASE_METHOD(cancel_fixture, "a call is cancelled behind its request",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto sink = start();
  until([&] { return upstream->requests().size() == 1; });
  port->cancel(*receipt);
  check_cancelled(sink, certainty::maybe);
}

TEST_CASE_METHOD(cancel_fixture, "a call is cancelled within its answer",
                 "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello"))});
  auto sink = start(true);
  until([&] { return sink->text == "hello"; });
  port->cancel(*receipt);
  check_cancelled(sink, certainty::yes);
}

TEST_CASE_METHOD(cancel_fixture, "a call is cancelled from inside its sink",
                 "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello")
                                         + chunk("hello") + chunk("[END]"))});
  auto sink = start(true);
  sink->at_delta = [&] { port->cancel(*receipt); };
  until_done(sink);
  CHECK(sink->deltas == 1);
  check_cancelled(sink, certainty::yes);
}

TEST_CASE_METHOD(cancel_fixture, "a paused call is cancelled", "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello"))});
  auto sink = start(true);
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  port->cancel(*receipt);
  // The answer to an old question is no harm.
  sink->resume();
  check_cancelled(sink, certainty::yes);
}

TEST_CASE_METHOD(cancel_fixture, "cancelling another call changes nothing",
                 "[net]") {
  serve({upstream_script{}.expect().wait("go").send(ok_response("hello"))});
  auto sink = start();
  // Another tenant's of the same name; it has an intent of its own.
  port->cancel(
    *test_receipt_office::receipt(receipt->call(), 1, receipt->seq() + 1));
  upstream->raise("go");
  until_done(sink);
  CHECK(sink->code() == errc::none);
  port->cancel(*receipt);
  CHECK(sink->ends == 1);
}

TEST_CASE_METHOD(cancel_fixture,
                 "of two calls of one name the one that is "
                 "cancelled ends",
                 "[net]") {
  options.in_flight_max = 2;
  serve({upstream_script{}.expect().wait("go").send(ok_response("hello")),
         upstream_script{}.expect().wait("go").send(ok_response("hello"))});
  auto other = start();
  auto name = receipt->call();
  auto seq = receipt->seq() + 1;
  auto sink = call([&](provider_call& one) {
    one.ticket = test_receipt_office::ticket(
      one.ticket->target(), test_receipt_office::receipt(name, 1, seq));
    receipt = one.ticket->receipt();
  });
  until([&] { return upstream->requests().size() == 2; });
  port->cancel(*receipt);
  CHECK(sink->code() == errc::cancelled);
  CHECK(other->ends == 0);
  upstream->raise("go");
  until_done(other);
  CHECK(other->code() == errc::none);
}

TEST_CASE_METHOD(cancel_fixture, "a closed port ends every call and takes none",
                 "[net]") {
  options.in_flight_max = 2;
  serve({upstream_script{}.expect()});
  auto asked = call();
  until([&] { return upstream->requests().size() == 1; });
  auto connecting = call();
  auto waiting = call();
  port->close({errc::stopping});
  for (auto& sink : {asked, connecting, waiting}) {
    CHECK(sink->ends == 1);
    CHECK(sink->code() == errc::stopping);
  }
  CHECK(asked->outcome.sent == certainty::maybe);
  CHECK(connecting->outcome.sent == certainty::no);
  CHECK(waiting->outcome.sent == certainty::no);
  CHECK(port->in_flight() == 0);
  CHECK(clock.alarms() == 0);
  auto late = ask();
  CHECK(late->code() == errc::stopping);
  until([&] { return upstream->open_connections() == 0; });
}

TEST_CASE_METHOD(cancel_fixture, "a closed port has no idle connection",
                 "[net]") {
  serve({upstream_script{}.expect().send(ok_response("hello"))});
  ask();
  CHECK(upstream->open_connections() == 1);
  port->close({errc::stopping});
  until([&] { return upstream->open_connections() == 0; });
  CHECK(clock.alarms() == 0);
}

TEST_CASE_METHOD(cancel_fixture, "a port may die inside a sink", "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello")
                                         + chunk("hello") + chunk("[END]"))});
  auto sink = start(true);
  auto other = call();
  SECTION("in the middle") {
    sink->at_delta = [&] { port.reset(); };
    until_done(sink);
    CHECK(sink->code() == errc::stopping);
    CHECK(other->code() == errc::stopping);
  }
  SECTION("at the end") {
    sink->at_done = [&] { port.reset(); };
    clock.advance(1s);
    until([&] { return sink->deltas > 0; });
    clock.advance(1s);
    until_done(sink);
    CHECK(sink->code() == errc::none);
    CHECK(other->ends == 1);
  }
  settle();
  CHECK(sink->ends == 1);
  CHECK(other->ends == 1);
  until([&] { return upstream->open_connections() == 0; });
}

TEST_CASE_METHOD(cancel_fixture, "everything may die while calls run",
                 "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hello"))});
  auto sink = start(true);
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  auto resume = sink->resume;
  port.reset();
  factory.reset();
  upstream.reset();
  loop.reset();
  CHECK(sink->ends == 1);
  // The caller's own thread may come late.
  resume();
  CHECK(sink->ends == 1);
}
