// SPDX-License-Identifier: Apache-2.0
// Goal: who is slow does not keep a connection, and who is not is not cut.
// Method: a clock that the test moves.
#include "tests/net/http/http_fixture.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct time_fixture : http_fixture {
  client_ptr connected() {
    auto known = server ? server->connections() : 0;
    auto client = connect();
    until([&] { return server->connections() == known + 1; });
    settle();
    return client;
  }

  void pass(std::chrono::milliseconds span) {
    clock.advance(span);
    settle();
  }
};

} // namespace

TEST_CASE_METHOD(time_fixture, "a connection that says nothing is closed",
                 "[http]") {
  auto client = connected();
  pass(limits::http_head_timeout - 1ms);
  CHECK(!client->is_ended);
  pass(1ms);
  until([&] { return client->is_ended; });
  CHECK(client->received.empty());
}

TEST_CASE_METHOD(time_fixture, "a head that drips is cut", "[http]") {
  auto client = connected();
  std::string head = "GET / HTTP/1.1\r\nx: ";
  for (int i = 0; i < 9; ++i) {
    client->send(head.substr(static_cast<size_t>(2 * i), 2));
    pass(1s);
    CHECK(!client->is_ended);
  }
  pass(1s);
  until([&] { return client->is_ended; });
  CHECK(client->received.starts_with("HTTP/1.1 408 "));
}

TEST_CASE_METHOD(time_fixture, "the head's time starts anew", "[http]") {
  echo();
  auto client = connected();
  client->send(get("/1"));
  until([&] { return count(client->received, "GET /1") == 1; });
  pass(30s);
  client->send("GET");
  settle();
  pass(limits::http_head_timeout - 1ms);
  CHECK(!client->is_ended);
  pass(1ms);
  until([&] { return client->is_ended; });
  CHECK(count(client->received, "HTTP/1.1 408 ") == 1);
}

TEST_CASE_METHOD(time_fixture, "a connection may rest between requests",
                 "[http]") {
  echo();
  auto client = connected();
  for (int i = 0; i < 3; ++i) {
    client->received.clear();
    client->send(get("/1"));
    until([&] { return count(client->received, "GET /1") == 1; });
    pass(limits::http_idle_timeout - 1ms);
    CHECK(!client->is_ended);
  }
  client->received.clear();
  pass(1ms);
  until([&] { return client->is_ended; });
  CHECK(client->received.empty());
}

TEST_CASE_METHOD(time_fixture, "a body must come along", "[http]") {
  auto client = connected();
  auto bytes = post("/", std::string(200'000, 'b'));
  auto head = bytes.size() - 200'000;
  client->send(bytes.substr(0, head));
  settle();
  // Enough in time: it goes on.
  for (size_t i = 0; i < 2; ++i) {
    pass(limits::http_body_timeout - 1ms);
    client->send(bytes.substr(head + i * 65'536, 65'536));
    settle();
    CHECK(!client->is_ended);
  }
  // A drip is not.
  pass(limits::http_body_timeout - 1ms);
  client->send("b");
  settle();
  CHECK(!client->is_ended);
  pass(1ms);
  until([&] { return client->is_ended; });
  CHECK(client->received.starts_with("HTTP/1.1 408 "));
  CHECK(asked.empty());
}

TEST_CASE_METHOD(time_fixture, "a handler may take its time", "[http]") {
  auto client = connected();
  client->send(get("/"));
  until([&] { return asked.size() == 1; });
  pass(1h);
  asked[0]->begin_stream({});
  CHECK(asked[0]->write("first"));
  until([&] { return count(client->received, "first") == 1; });
  pass(1h);
  CHECK(asked[0]->write("second"));
  asked[0]->end_stream();
  until([&] { return count(client->received, "0\r\n\r\n") == 1; });
  CHECK(!client->is_ended);
}

TEST_CASE_METHOD(time_fixture, "a client that stops reading is cut", "[http]") {
  auto client = connect(false);
  client->send(get("/"));
  until([&] { return asked.size() == 1; });
  auto& to = *asked[0];
  int gone = 0;
  to.on_gone([&] { ++gone; });
  to.begin_stream({});
  while (to.write(std::string(16 * 1024, 'p')))
    settle();
  pass(limits::http_write_timeout - 1ms);
  // Writing more is no progress of the client.
  CHECK(!to.write("more"));
  settle();
  CHECK(gone == 0);
  pass(1ms);
  CHECK(gone == 1);
  CHECK(server->connections() == 0);
}

// A local socket takes a number of messages, however short: what fills it, the
// `100 Continue` or the answer, depends on how many came before.
TEST_CASE_METHOD(time_fixture, "a client that takes no 100 Continue is cut",
                 "[http]") {
  auto before = GENERATE(0, 1);
  temporary_folder folder;
  options.unix_path = folder.path / "http.sock";
  size_t handled = 0;
  options.on_request = [&handled](const http::exchange_ptr& got) {
    ++handled;
    got->reply({200, "x"});
  };
  serve();
  auto client = std::make_shared<raw_client>(
    loop,
    boost::asio::local::stream_protocol::endpoint{options.unix_path.string()});
  for (int i = 0; i < before; ++i)
    client->send(get("/"));
  for (size_t seen = handled + 1; seen != handled;) {
    settle();
    seen = handled;
    client->send("POST / HTTP/1.1\r\nHost: localhost\r\n"
                 "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    settle();
    client->send("b");
    settle();
  }
  CHECK(server->connections() == 1);
  pass(limits::http_write_timeout);
  CHECK(server->connections() == 0);
}

TEST_CASE_METHOD(time_fixture, "a client that reads a little is not",
                 "[http]") {
  auto client = connect(false);
  client->send(get("/"));
  until([&] { return asked.size() == 1; });
  auto& to = *asked[0];
  to.begin_stream({});
  while (to.write(std::string(16 * 1024, 'p')))
    settle();
  pass(limits::http_write_timeout - 1ms);
  bool is_writable = false;
  to.when_writable([&] { is_writable = true; });
  client->read();
  until([&] { return is_writable; });
  pass(limits::http_write_timeout - 1ms);
  CHECK(!to.is_gone());
}

TEST_CASE_METHOD(time_fixture, "a client that does not close is closed",
                 "[http]") {
  echo();
  auto client = connected();
  client->send(get("/", "Connection: close\r\n"));
  until([&] { return client->is_ended; });
  settle();
  CHECK(server->connections() == 1);
  pass(limits::http_linger);
  CHECK(server->connections() == 0);
  CHECK(clock.alarms() == 0);
}
