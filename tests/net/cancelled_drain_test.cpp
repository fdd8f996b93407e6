// SPDX-License-Identifier: Apache-2.0
// Goal: of a cancelled answer that the platform pays the usage is known, within
// bounds, and nobody waits for it who must not. Method: cancel at each point of
// a platform call whose upstream goes on; a clock that the test moves. In the
// plain dialect each byte of an answer is a token.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace byollm;
using namespace byollm::test;

namespace {

const std::string last_chunk = "0\r\n\r\n";

struct drain_fixture : net_fixture {
  drain_fixture() {
    is_platform = true;
  }

  sink_ptr start(std::function<void(provider_call&)> change = streaming) {
    return call([&](provider_call& one) {
      change(one);
      receipt = one.ticket->receipt();
    });
  }

  // A stream of which the caller has "hello" when it leaves.
  sink_ptr leave_within_answer(upstream_script rest) {
    serve({std::move(rest)});
    auto sink = start();
    until([&] { return sink->text == "hello"; });
    port->cancel(*receipt);
    return sink;
  }

  static upstream_script hello() {
    return std::move(
      upstream_script{}.expect().send(chunked_head() + chunk("hello")));
  }

  void check_ended(const sink_ptr& sink, certainty sent,
                   std::optional<uint64_t> tokens) {
    CHECK(sink->ends == 1);
    CHECK(sink->code() == errc::cancelled);
    CHECK(sink->outcome.sent == sent);
    CHECK(sink->outcome.reply.usage.output == tokens);
    CHECK(port->in_flight() == 0);
    CHECK(clock.alarms() == 0);
    // Never kept for another call.
    until([&] { return upstream->open_connections() == 0; });
    settle();
    CHECK(sink->ends == 1);
  }

  intent_receipt_ptr receipt;
};

} // namespace

TEST_CASE_METHOD(drain_fixture, "a cancelled platform call is read on to usage",
                 "[net]") {
  auto sink = leave_within_answer(
    hello().wait("go").send(chunk("more") + chunk("[END]") + last_chunk));
  settle();
  CHECK(sink->ends == 0);
  upstream->raise("go");
  until_done(sink);
  CHECK(sink->deltas == 1);
  CHECK(sink->text == "hello");
  check_ended(sink, certainty::yes, 14);
}

TEST_CASE_METHOD(drain_fixture,
                 "a platform call that was asked for is read on to usage, too",
                 "[net]") {
  serve({upstream_script{}.expect().wait("go").send(ok_response("hello"))});
  auto sink = start([](provider_call&) {});
  until([&] { return upstream->requests().size() == 1; });
  settle();
  port->cancel(*receipt);
  settle();
  CHECK(sink->ends == 0);
  upstream->raise("go");
  until_done(sink);
  check_ended(sink, certainty::yes, 5);
}

TEST_CASE_METHOD(drain_fixture, "an upstream that dies under a drain ends it",
                 "[net]") {
  SECTION("within the answer") {
    auto sink = leave_within_answer(hello().wait("go").reset());
    upstream->raise("go");
    until_done(sink);
    check_ended(sink, certainty::yes, 5);
  }
  SECTION("before it") {
    serve({upstream_script{}.expect().wait("go").close()});
    auto sink = start();
    until([&] { return upstream->requests().size() == 1; });
    settle();
    port->cancel(*receipt);
    upstream->raise("go");
    until_done(sink);
    check_ended(sink, certainty::maybe, std::nullopt);
  }
}

TEST_CASE_METHOD(drain_fixture, "a cancelled answer is read so far and no more",
                 "[net]") {
  auto piece = chunk(std::string(64u << 10, 'x'));
  serve({upstream_script{}.expect().send(chunked_head()).flood(piece, 1'000)});
  auto sink = start();
  sink->at_delta = [&] { port->cancel(*receipt); };
  until_done(sink);
  CHECK(sink->deltas == 1);
  auto read = sink->outcome.reply.usage.output.value_or(0);
  CHECK(read > limits::cancelled_drain_bytes_max - limits::read_buffer_bytes);
  CHECK(read
        < limits::cancelled_drain_bytes_max + 2 * limits::read_buffer_bytes);
  check_ended(sink, certainty::yes, read);
}

TEST_CASE_METHOD(drain_fixture,
                 "a cancelled answer is read so long, not longer", "[net]") {
  auto sink = leave_within_answer(hello().wait("go").send(chunk("more")));
  clock.advance(3s);
  auto sent = upstream->sent_bytes();
  upstream->raise("go");
  until([&] { return upstream->sent_bytes() > sent; });
  settle();
  // That something came gives it no more time.
  clock.advance(limits::cancelled_drain_time_max - 3s - 1ms);
  settle();
  REQUIRE(sink->ends == 0);
  clock.advance(1ms);
  check_ended(sink, certainty::yes, 9);
}

TEST_CASE_METHOD(drain_fixture, "a cancelled answer keeps its call's deadline",
                 "[net]") {
  serve({hello()});
  auto sink = start([this](provider_call& one) {
    one.stream = true;
    one.deadline = clock.now() + 2s;
  });
  until([&] { return sink->text == "hello"; });
  port->cancel(*receipt);
  clock.advance(2s - 1ms);
  settle();
  REQUIRE(sink->ends == 0);
  clock.advance(1ms);
  check_ended(sink, certainty::yes, 5);
}

TEST_CASE_METHOD(drain_fixture,
                 "a caller who paused and left is waited for by "
                 "nobody",
                 "[net]") {
  serve({hello().wait("go").send(chunk("more") + chunk("[END]") + last_chunk)});
  auto sink = start();
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  port->cancel(*receipt);
  upstream->raise("go");
  until_done(sink);
  CHECK(sink->deltas == 1);
  // The answer to an old question is no harm.
  sink->resume();
  check_ended(sink, certainty::yes, 14);
}

TEST_CASE_METHOD(drain_fixture, "a caller who leaves at the end has the usage",
                 "[net]") {
  serve({hello().send(chunk("[END]"))});
  auto sink = start();
  until([&] { return sink->text == "hello[END]"; });
  port->cancel(*receipt);
  check_ended(sink, certainty::yes, 10);
}

TEST_CASE_METHOD(drain_fixture, "what costs nothing is not read on", "[net]") {
  SECTION("the request is not whole") {
    serve({upstream_script{}.expect_head()});
    auto sink = start([](provider_call& one) {
      auto request = std::make_shared<create_message_request>();
      request->system.assign(24u << 20, 'x');
      one.request = request;
    });
    until([&] { return upstream->requests().size() == 1; });
    port->cancel(*receipt);
    check_ended(sink, certainty::maybe, std::nullopt);
  }
  SECTION("the provider refused") {
    serve({upstream_script{}.expect().send(
      "HTTP/1.1 500 No\r\nContent-Length: 99\r\n\r\nno")});
    auto sink = start();
    until([&] { return sink->deltas == 1; });
    port->cancel(*receipt);
    check_ended(sink, certainty::yes, 2);
  }
  SECTION("nothing is generated") {
    serve({upstream_script{}.expect()});
    auto sink = start([](provider_call& one) { one.kind = call_kind::models; });
    until([&] { return upstream->requests().size() == 1; });
    settle();
    port->cancel(*receipt);
    check_ended(sink, certainty::maybe, std::nullopt);
  }
}

TEST_CASE_METHOD(drain_fixture, "nobody waits for a drain who stops or revokes",
                 "[net]") {
  auto sink = leave_within_answer(hello());
  SECTION("the runtime stops") {
    port->hurry();
    check_ended(sink, certainty::yes, 5);
    auto late = start();
    until([&] { return late->text == "hello"; });
    port->cancel(*receipt);
    check_ended(late, certainty::yes, 5);
  }
  SECTION("the key is withdrawn") {
    port->close({errc::config_changed});
    check_ended(sink, certainty::yes, 5);
  }
  SECTION("the port goes with the answer") {
    sink->at_done = [&] { port.reset(); };
    port->hurry();
    CHECK(sink->code() == errc::cancelled);
    CHECK(clock.alarms() == 0);
  }
}

TEST_CASE_METHOD(drain_fixture, "who is still there is not hurried", "[net]") {
  serve({hello().wait("go").send(chunk("[END]") + last_chunk)});
  auto sink = start();
  until([&] { return sink->text == "hello"; });
  port->hurry();
  upstream->raise("go");
  until_done(sink);
  CHECK(sink->code() == errc::none);
}
