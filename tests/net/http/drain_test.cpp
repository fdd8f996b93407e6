// SPDX-License-Identifier: Apache-2.0
// Goal: a server ends without cutting an answer, or at once. Method: an idle
// connection, one in the middle of a request, one in the middle of an answer.
#include "tests/net/http/http_fixture.hpp"

#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

TEST_CASE_METHOD(http_fixture, "a drain waits for what has begun", "[http]") {
  auto idle = connect();
  auto sending = connect();
  auto waiting = connect();
  sending->send("GET /late HTTP/1.1\r\n");
  waiting->send(get("/early"));
  until([&] { return asked.size() == 1 && server->connections() == 3; });
  settle();
  int drained = 0;
  server->drain([&] { ++drained; });
  until([&] { return idle->is_ended; });
  CHECK(idle->received.empty());
  CHECK_THROWS_AS(connect(), boost::system::system_error);
  asked[0]->reply({200, "early"});
  until([&] { return waiting->is_ended; });
  CHECK(count(waiting->received, "early") == 1);
  CHECK(count(waiting->received, "Connection: close") == 1);
  CHECK(drained == 0);
  sending->send("Host: localhost\r\n\r\n");
  until([&] { return asked.size() == 2; });
  asked[1]->reply({200, "late"});
  until([&] { return sending->is_ended; });
  CHECK(count(sending->received, "late") == 1);
  CHECK(drained == 0);
  waiting->shut();
  sending->shut();
  until([&] { return drained == 1; });
  CHECK(server->connections() == 0);
}

TEST_CASE_METHOD(http_fixture, "a stream that runs ends well in a drain",
                 "[http]") {
  auto client = connect();
  client->send(get("/") + get("/never"));
  until([&] { return asked.size() == 1; });
  asked[0]->begin_stream({});
  settle();
  server->drain([] {});
  settle();
  CHECK(asked[0]->write("on"));
  asked[0]->end_stream();
  until([&] { return client->is_ended; });
  CHECK(body_of(client->received) == "2\r\non\r\n0\r\n\r\n");
  CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(http_fixture, "a drain of nothing is done at once", "[http]") {
  serve();
  int drained = 0;
  server->drain([&] { ++drained; });
  CHECK(drained == 0);
  settle();
  CHECK(drained == 1);
}

TEST_CASE_METHOD(http_fixture, "without accepting, the others go on",
                 "[http]") {
  echo();
  auto client = connect();
  until([&] { return server->connections() == 1; });
  server->stop_accepting();
  settle();
  CHECK_THROWS_AS(connect(), boost::system::system_error);
  client->send(get("/on"));
  until([&] { return count(client->received, "GET /on") == 1; });
}

TEST_CASE_METHOD(http_fixture, "a server that ends cuts what runs", "[http]") {
  auto client = connect();
  client->send(get("/"));
  until([&] { return asked.size() == 1; });
  int gone = 0;
  asked[0]->on_gone([&] { ++gone; });
  asked[0]->begin_stream({});
  server.reset();
  until([&] { return client->is_ended; });
  CHECK(gone == 1);
  CHECK(!asked[0]->write("too late"));
  CHECK(clock.alarms() == 0);
}
