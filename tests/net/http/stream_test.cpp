// SPDX-License-Identifier: Apache-2.0
// Goal: a stream arrives as it was written, no faster than it is read, and
// its end tells whether it was whole. Method: clients that read, stop reading,
// and go away; bytes as they come.
#include "tests/net/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct stream_fixture : http_fixture {
  /// Asks, and waits until the handler has it.
  http::exchange_ptr ask(const client_ptr& client, const std::string& bytes) {
    client->send(bytes);
    until([&] { return !asked.empty(); });
    return std::exchange(asked, {})[0];
  }

  /// Writes until the server says stop.
  size_t fill(const http::exchange_ptr& to) {
    size_t written = 0;
    std::string piece(16 * 1024, 'p');
    for (;;) {
      written += piece.size();
      if (!to->write(piece))
        return written;
      settle();
    }
  }
};

std::string after_head(const client_ptr& client) {
  return body_of(client->received);
}

} // namespace

TEST_CASE_METHOD(stream_fixture, "pieces leave as they come", "[http]") {
  auto client = connect();
  auto to = ask(client, get("/"));
  to->begin_stream({200, "no body", "text/event-stream"});
  until([&] { return count(client->received, "\r\n\r\n") == 1; });
  CHECK(count(client->received, "Transfer-Encoding: chunked\r\n") == 1);
  CHECK(count(client->received, "Content-Length") == 0);
  CHECK(after_head(client).empty());
  CHECK(to->write("hello"));
  until([&] { return after_head(client) == "5\r\nhello\r\n"; });
  // What is written in one turn leaves in one chunk; nothing is no end.
  CHECK(to->write("a"));
  CHECK(to->write(""));
  CHECK(to->write("b"));
  until([&] { return count(client->received, "ab") == 1; });
  CHECK(after_head(client) == "5\r\nhello\r\n2\r\nab\r\n");
  to->end_stream();
  until([&] { return count(client->received, "0\r\n\r\n") == 1; });
  // The connection goes on.
  client->received.clear();
  ask(client, get("/next"))->reply({200, "next"});
  until([&] { return count(client->received, "next") == 1; });
}

TEST_CASE_METHOD(stream_fixture, "a short stream is one write", "[http]") {
  options.on_request = [](const http::exchange_ptr& got) {
    got->begin_stream({});
    CHECK(got->write("all"));
    got->end_stream();
  };
  CHECK(body_of(talk(get("/", "Connection: close\r\n")))
        == "3\r\nall\r\n0\r\n\r\n");
  options.on_request = [](const http::exchange_ptr& got) {
    got->begin_stream({});
    got->end_stream();
  };
  server.reset();
  CHECK(body_of(talk(get("/", "Connection: close\r\n"))) == "0\r\n\r\n");
}

TEST_CASE_METHOD(stream_fixture, "a torn stream has no last chunk", "[http]") {
  for (bool is_dropped : {false, true}) {
    auto client = connect();
    auto to = ask(client, get("/"));
    to->begin_stream({});
    CHECK(to->write("half"));
    if (!is_dropped)
      to->abort_stream();
    to.reset();
    until([&] { return client->is_ended; });
    CHECK(after_head(client) == "4\r\nhalf\r\n");
  }
}

TEST_CASE_METHOD(stream_fixture, "HTTP/1.0 gets a stream without chunks",
                 "[http]") {
  for (bool is_torn : {false, true}) {
    auto client = connect();
    auto to = ask(client, "GET / HTTP/1.0\r\n\r\n");
    to->begin_stream({});
    CHECK(to->write("hello "));
    CHECK(to->write("world"));
    until([&] { return count(client->received, "world") == 1; });
    if (is_torn)
      to->abort_stream();
    else
      to->end_stream();
    until([&] { return client->is_ended; });
    CHECK(after_head(client) == "hello world");
    CHECK(count(client->received, "chunked") == 0);
    // The only way to tell.
    CHECK(client->is_reset == is_torn);
  }
}

TEST_CASE_METHOD(stream_fixture, "a stream for HEAD is a head", "[http]") {
  auto client = connect();
  auto to = ask(client, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  to->begin_stream({});
  // For nobody, and never in the way.
  for (int i = 0; i < 100; ++i) {
    CHECK(to->write(std::string(10'000, 'x')));
    settle();
  }
  to->end_stream();
  ask(client, get("/next"))->reply({200, "next"});
  until([&] { return count(client->received, "next") == 1; });
  CHECK(count(client->received, "x") < 10);
}

TEST_CASE_METHOD(stream_fixture, "who reads slowly slows the writer",
                 "[http]") {
  auto client = connect(false);
  auto to = ask(client, get("/"));
  to->begin_stream({});
  auto written = fill(to);
  // The kernel has the most of it; the queue has what it may.
  CHECK(written < 64u << 20);
  bool is_writable = false;
  to->when_writable([&] { is_writable = true; });
  settle();
  CHECK(!is_writable);
  client->read();
  until([&] { return is_writable; });
  CHECK(to->write("the end"));
  to->end_stream();
  until([&] { return client->received.ends_with("0\r\n\r\n"); });
  CHECK(count(client->received, "p") >= written);
}

TEST_CASE_METHOD(stream_fixture, "no more waits than may", "[http]") {
  options.bounds.stream_queue_bytes = 100;
  auto client = connect();
  auto to = ask(client, get("/"));
  to->begin_stream({});
  settle();
  // The loop does not run in between, so nothing leaves.
  CHECK(to->write(std::string(99, 'a')));
  CHECK(to->write("a"));
  CHECK(!to->write("b"));
  bool is_writable = false;
  to->when_writable([&] { is_writable = true; });
  CHECK(!is_writable);
  settle();
  CHECK(is_writable);
  until([&] { return count(client->received, "b\r\n") == 1; });
  CHECK(to->write(std::string(100, 'c')));
}

TEST_CASE_METHOD(stream_fixture, "one who waits is called once", "[http]") {
  auto client = connect();
  auto to = ask(client, get("/"));
  to->begin_stream({});
  int calls = 0;
  to->when_writable([&] { ++calls; });
  CHECK(calls == 0);
  settle();
  CHECK(calls == 1);
  to->end_stream();
  to->when_writable([&] { ++calls; });
  to->on_gone([&] { ++calls; });
  settle();
  CHECK(calls == 1);
}

TEST_CASE_METHOD(stream_fixture, "a client that goes away is told of",
                 "[http]") {
  for (bool is_streaming : {false, true})
    for (bool is_reset : {false, true}) {
      INFO("streaming " << is_streaming << ", reset " << is_reset);
      auto client = connect();
      auto to = ask(client, get("/"));
      if (is_streaming)
        to->begin_stream({});
      settle();
      int gone = 0;
      int writable = 0;
      to->on_gone([&] { ++gone; });
      CHECK(!to->is_gone());
      if (is_reset)
        client->reset();
      else
        client->shut();
      until([&] { return gone > 0; });
      CHECK(to->is_gone());
      CHECK(!to->write("for nobody"));
      to->when_writable([&] { ++writable; });
      to->end_stream();
      to->reply({});
      settle();
      CHECK(gone == 1);
      CHECK(writable == 1);
      CHECK(server->open_exchanges() == 0);
      CHECK(server->connections() == 0);
      // Late, and still told.
      to->on_gone([&] { ++gone; });
      settle();
      CHECK(gone == 2);
    }
}

TEST_CASE_METHOD(stream_fixture, "a writer that waits hears of the end",
                 "[http]") {
  auto client = connect(false);
  auto to = ask(client, get("/"));
  to->begin_stream({});
  fill(to);
  int gone = 0;
  int writable = 0;
  to->on_gone([&] { ++gone; });
  to->when_writable([&] { ++writable; });
  client->reset();
  until([&] { return writable > 0; });
  CHECK(gone == 1);
  CHECK(writable == 1);
}

TEST_CASE_METHOD(stream_fixture, "who answered is not told of the end",
                 "[http]") {
  auto client = connect();
  auto to = ask(client, get("/"));
  auto held = std::make_shared<int>(0);
  to->on_gone([held] { ++*held; });
  to->reply({200, "done"});
  CHECK(held.use_count() == 1);
  client->reset();
  until([&] { return server->connections() == 0; });
  CHECK(*held == 0);
  CHECK(!to->is_gone());
}

TEST_CASE_METHOD(stream_fixture, "callbacks may hold their exchange",
                 "[http]") {
  auto held = std::make_shared<int>(0);
  for (bool is_gone : {false, true}) {
    auto client = connect();
    auto to = ask(client, get("/"));
    to->begin_stream({});
    to->on_gone([to, held] { to->end_stream(); });
    if (is_gone)
      client->reset();
    else
      to->end_stream();
    to.reset();
    client.reset();
    until([&] { return held.use_count() == 1; });
  }
}
