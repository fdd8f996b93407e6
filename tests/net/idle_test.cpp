// SPDX-License-Identifier: Apache-2.0
// Goal: the connections of a loop that wait for a call are bounded, whoever's
// they are, and give their file descriptors to calls that need one. Method:
// ports of several users on one loop; sockets that the test refuses.
#include "providers/net/lookup_desk.hpp"
#include "tests/net/net_fixture.hpp"
#include "tests/net/socket_refusal.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace byollm;
using namespace byollm::test;

namespace {

struct idle_fixture : net_fixture {
  idle_fixture() {
    options.gauges = std::make_shared<runtime_gauges>();
    serve({upstream_script{}.expect().send(ok_response("hi")).again()});
  }

  ~idle_fixture() {
    ports.clear();
  }

  // Asks for a user, whose port is made when it is asked for.
  sink_ptr ask_for(size_t user) {
    if (!factory)
      factory = make_net_factory(*loop, clock, vault, options);
    owner = "user-" + std::to_string(user);
    auto to = target();
    if (!ports[user]) {
      auto made = factory->make(*to);
      REQUIRE(made);
      ports[user] = *std::move(made);
    }
    provider_call made;
    made.ticket = test_receipt_office::ticket(
      to, test_receipt_office::receipt("call-" + std::to_string(++asked)));
    made.request = std::make_shared<create_message_request>();
    made.deadline = clock.now() + 600s;
    auto sink = std::make_shared<recording_sink>();
    ports[user]->start(std::move(made), sink);
    until_done(sink);
    return sink;
  }

  void ask_for_all(std::initializer_list<size_t> users) {
    for (auto user : users)
      CHECK(ask_for(user)->code() == errc::none);
  }

  // How many connections there were before this one, or now are.
  size_t connection_of(size_t user) {
    CHECK(ask_for(user)->code() == errc::none);
    return upstream->requests().back().connection;
  }

  int64_t idle() const {
    return options.gauges->connections_idle;
  }

  std::map<size_t, std::unique_ptr<provider_port>> ports;
  size_t asked = 0;
};

} // namespace

TEST_CASE_METHOD(idle_fixture, "a loop keeps so many connections, whosever",
                 "[net]") {
  options.idle_on_loop_max = 3;
  ask_for_all({0, 1, 2, 3, 4});
  CHECK(idle() == 3);
  until([&] { return upstream->open_connections() == 3; });
  CHECK(upstream->connections() == 5);
  // Those that are left are those that were used last.
  CHECK(connection_of(4) == 4);
  CHECK(connection_of(3) == 3);
  CHECK(connection_of(2) == 2);
  CHECK(connection_of(0) == 5);
}

TEST_CASE_METHOD(idle_fixture, "the connection that waits longest goes first",
                 "[net]") {
  options.idle_on_loop_max = 3;
  ask_for_all({0, 1, 2, 0, 3});
  CHECK(connection_of(0) == 0);
  CHECK(connection_of(2) == 2);
  CHECK(connection_of(1) == 4);
}

TEST_CASE_METHOD(idle_fixture, "a port that ends takes its connections along",
                 "[net]") {
  options.idle_on_loop_max = 3;
  ask_for_all({0, 1, 2});
  ports.erase(1);
  CHECK(idle() == 2);
  ask_for_all({3, 4});
  CHECK(idle() == 3);
  clock.advance(limits::pooled_idle_max);
  CHECK(idle() == 0);
  until([&] { return upstream->open_connections() == 0; });
}

TEST_CASE_METHOD(idle_fixture, "a loop may keep no connection at all",
                 "[net]") {
  options.idle_on_loop_max = 0;
  ask_for_all({0, 0});
  CHECK(idle() == 0);
  CHECK(upstream->connections() == 2);
}

TEST_CASE_METHOD(idle_fixture,
                 "without a descriptor an idle connection makes way", "[net]") {
  ask_for_all({0, 1});
  socket_refusal refused{1};
  CHECK(ask_for(2)->code() == errc::none);
  CHECK(refused.left() == 0);
  CHECK(idle() == 2);
  CHECK(connection_of(1) == 1);
  CHECK(connection_of(0) == 3);
}

TEST_CASE_METHOD(idle_fixture, "what has no descriptor in the end is told so",
                 "[net]") {
  SECTION("with nothing to close") {
    socket_refusal refused{1};
    auto sink = ask_for(0);
    CHECK(sink->code() == errc::overloaded);
    CHECK(sink->outcome.sent == certainty::no);
    CHECK(vault.redeemed == 0);
  }
  SECTION("after so many tries") {
    ask_for_all({0, 1, 2, 3, 4});
    socket_refusal refused{100};
    CHECK(ask_for(5)->code() == errc::overloaded);
    CHECK(100 - refused.left() == limits::descriptor_tries_max + 1);
    CHECK(idle() == 5 - limits::descriptor_tries_max);
  }
  CHECK(ask_for(6)->code() == errc::none);
}

TEST_CASE_METHOD(idle_fixture, "a name that had no descriptor is asked again",
                 "[net]") {
  ask_for_all({0});
  host = "api.example.com";
  resolver->answers = {failure{errc::overloaded}, std::vector{ip("127.0.0.1")}};
  CHECK(ask_for(1)->code() == errc::none);
  CHECK(resolver->asked.size() == 2);
  CHECK(idle() == 1);
}

TEST_CASE("a name that has no descriptor is not one that there is not",
          "[net]") {
  // An empty label: nobody is asked for it.
  auto name = std::string{"no..name"};
  CHECK(net::look_up(name).error().code == errc::dns_failed);
  socket_refusal refused{1};
  CHECK(net::look_up(name).error().code == errc::overloaded);
}
