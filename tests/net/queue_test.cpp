// SPDX-License-Identifier: Apache-2.0
// Goal: a port never runs more attempts than it may, serves the waiting in
// order, and refuses at once what it cannot hold. Method: an upstream that
// answers on command.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct queue_fixture : net_fixture {
  queue_fixture() {
    options.in_flight_max = 2;
    options.queue_max = 3;
  }

  void serve_on_command() {
    serve(
      {upstream_script{}.expect().wait("go").send(ok_response("hi")).again()});
  }

  sink_ptr named(std::string name) {
    return call([&](provider_call& one) {
      auto request = std::make_shared<create_message_request>();
      request->system = name;
      one.request = request;
    });
  }
};

} // namespace

TEST_CASE_METHOD(queue_fixture, "no more run than may, the rest wait in order",
                 "[net]") {
  serve_on_command();
  std::vector<sink_ptr> sinks;
  for (auto name : {"0", "1", "2", "3", "4"})
    sinks.push_back(named(name));
  until([&] { return upstream->requests().size() == 2; });
  settle();
  CHECK(upstream->connections() == 2);
  CHECK(port->in_flight() == 5);
  upstream->raise("go");
  for (auto& sink : sinks) {
    until_done(sink);
    CHECK(sink->code() == errc::none);
  }
  CHECK(upstream->connections() == 2);
  REQUIRE(upstream->requests().size() == 5);
  for (size_t i = 2; i < 5; ++i)
    CHECK(upstream->requests()[i].body == std::to_string(i));
}

TEST_CASE_METHOD(queue_fixture, "who runs, waits and is idle is shown",
                 "[net]") {
  options.gauges = std::make_shared<runtime_gauges>();
  auto& shown = *options.gauges;
  serve_on_command();
  std::vector<sink_ptr> sinks;
  for (int i = 0; i < 5; ++i)
    sinks.push_back(call());
  CHECK(shown.attempts_running == 2);
  CHECK(shown.attempts_queued == 3);
  CHECK(shown.connections_idle == 0);
  upstream->raise("go");
  for (auto& sink : sinks)
    until_done(sink);
  CHECK(shown.attempts_running == 0);
  CHECK(shown.attempts_queued == 0);
  CHECK(shown.connections_idle == 2);
  port.reset();
  CHECK(shown.connections_idle == 0);
}

TEST_CASE_METHOD(queue_fixture, "a full queue refuses at once", "[net]") {
  serve_on_command();
  std::vector<sink_ptr> sinks;
  for (int i = 0; i < 5; ++i)
    sinks.push_back(call());
  auto refused = ask();
  CHECK(refused->code() == errc::overloaded);
  CHECK(refused->outcome.sent == certainty::no);
  CHECK(port->in_flight() == 5);
  upstream->raise("go");
  for (auto& sink : sinks)
    until_done(sink);
  CHECK(ask()->code() == errc::none);
}

TEST_CASE_METHOD(queue_fixture, "who waits too long was never sent", "[net]") {
  serve_on_command();
  auto first = call();
  auto second = call();
  auto third
    = call([&](provider_call& one) { one.deadline = clock.now() + 5s; });
  auto fourth = call();
  clock.advance(5s - 1ms);
  CHECK_FALSE(third->is_done());
  clock.advance(1ms);
  CHECK(third->is_done());
  CHECK(third->code() == errc::deadline_exceeded);
  CHECK(third->outcome.sent == certainty::no);
  CHECK(third->outcome.latency == 5s);
  upstream->raise("go");
  until_done(fourth);
  CHECK(fourth->code() == errc::none);
  CHECK(upstream->requests().size() == 3);
}

TEST_CASE_METHOD(queue_fixture, "who waits may be cancelled", "[net]") {
  serve_on_command();
  auto first = call();
  auto second = call();
  intent_receipt_ptr receipt;
  auto third
    = call([&](provider_call& one) { receipt = one.ticket->receipt(); });
  port->cancel(*receipt);
  CHECK(third->code() == errc::cancelled);
  CHECK(third->outcome.sent == certainty::no);
  upstream->raise("go");
  until_done(first);
  until_done(second);
  CHECK(upstream->requests().size() == 2);
}

TEST_CASE_METHOD(queue_fixture, "a failed attempt gives its slot away",
                 "[net]") {
  options.in_flight_max = 1;
  serve({upstream_script{}.expect().reset(),
         upstream_script{}.expect().send(ok_response("hi")).again()});
  auto lost = call();
  auto unencodable = call([](provider_call& one) {
    auto request = std::make_shared<create_message_request>();
    request->purpose = "unencodable";
    one.request = request;
  });
  auto good = call();
  until_done(good);
  CHECK(lost->code() == errc::connection_lost);
  CHECK(unencodable->code() == errc::invalid_request);
  CHECK(good->code() == errc::none);
}
