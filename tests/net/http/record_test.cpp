// SPDX-License-Identifier: Apache-2.0
// Goal: each request is told of once, at its end, with what it cost and how it
// ended, and nothing that a client sent is told that could be a token. Method:
// raw bytes over a socket, a clock that the test moves, and the records.
#include "tests/net/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

struct record_fixture : http_fixture {
  record_fixture() {
    options.on_end = [this](const http::record& one) { told.push_back(one); };
  }

  ~record_fixture() {
    // What ends with the server is told of, too.
    server.reset();
    settle();
  }

  client_ptr recorded() {
    auto client = connect();
    server->keep_records(true);
    return client;
  }

  void told_of(size_t many) {
    until([&] { return told.size() >= many; });
    settle();
    CHECK(told.size() == many);
  }

  std::vector<http::record> told;
};

std::string note(const http::record& from, std::string_view name) {
  for (const auto& [known, value] : from.said)
    if (known == name)
      return value;
  return "";
}

} // namespace

TEST_CASE_METHOD(record_fixture, "an answered request is told of", "[http]") {
  auto client = recorded();
  auto bytes = post("/a?b=c", "hello", "User-Agent: curl/8\r\n");
  client->send(bytes.substr(0, 9));
  settle();
  clock.advance(2s);
  client->send(bytes.substr(9));
  until([&] { return asked.size() == 1; });
  CHECK(told.empty());
  clock.advance(3s);
  asked[0]->note("turn", "t-1");
  asked[0]->note("route", "/x");
  asked[0]->note("route", "/{}");
  http::answer made{201, "done"};
  made.said.emplace_back("error", "none");
  asked[0]->reply(std::move(made));
  told_of(1);
  const auto& got = told[0];
  CHECK(got.method == "POST");
  CHECK(got.peer == "127.0.0.1");
  CHECK_FALSE(got.is_local);
  CHECK(got.user_agent == "curl/8");
  CHECK(got.status == 201);
  CHECK(got.bytes_in == bytes.size());
  CHECK(got.bytes_out == client->received.size());
  CHECK(got.took == 5s);
  REQUIRE(got.first_byte);
  CHECK(*got.first_byte == 5s);
  CHECK_FALSE(got.is_cut);
  CHECK_FALSE(got.is_torn);
  CHECK(note(got, "turn") == "t-1");
  CHECK(note(got, "route") == "/{}");
  CHECK(note(got, "error") == "none");
}

TEST_CASE_METHOD(record_fixture, "each of many requests counts its own bytes",
                 "[http]") {
  echo();
  auto client = recorded();
  std::vector<std::string> requests
    = {get("/a"), post("/b", std::string(200'000, 'x')), get("/c")};
  client->send(requests[0] + requests[1] + requests[2]);
  told_of(3);
  uint64_t out = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    CHECK(told[i].bytes_in == requests[i].size());
    out += told[i].bytes_out;
  }
  CHECK(out == client->received.size());
}

TEST_CASE_METHOD(record_fixture, "a stream's first byte is not its last",
                 "[http]") {
  auto client = recorded();
  client->send(get("/"));
  until([&] { return asked.size() == 1; });
  clock.advance(1s);
  asked[0]->begin_stream({200, {}, "text/plain", {}});
  asked[0]->write("one");
  until([&] { return count(client->received, "one") == 1; });
  clock.advance(1s);
  SECTION("it ends well") {
    asked[0]->end_stream();
    told_of(1);
    CHECK_FALSE(told[0].is_torn);
  }
  SECTION("it breaks") {
    asked[0]->note("error", "truncated");
    asked[0]->abort_stream();
    told_of(1);
    CHECK(told[0].is_torn);
    CHECK(note(told[0], "error") == "truncated");
  }
  SECTION("its client goes") {
    client->reset();
    told_of(1);
    CHECK(told[0].is_cut);
  }
  CHECK(told[0].status == 200);
  CHECK(*told[0].first_byte == 1s);
  CHECK(told[0].took == 2s);
}

TEST_CASE_METHOD(record_fixture, "a client that goes is told of", "[http]") {
  auto client = recorded();
  SECTION("before its answer") {
    client->send(get("/"));
    until([&] { return asked.size() == 1; });
    asked[0]->note("turn", "t-1");
    client->reset();
    told_of(1);
    CHECK(note(told[0], "turn") == "t-1");
    // Too late, and no matter.
    asked[0]->reply({200, "late"});
    settle();
    CHECK(told.size() == 1);
  }
  SECTION("in its body") {
    client->send(post("/", "hello").substr(0, 60));
    settle();
    client->reset();
    told_of(1);
  }
  CHECK(told[0].is_cut);
  CHECK(told[0].status == 0);
  CHECK_FALSE(told[0].first_byte);
}

TEST_CASE_METHOD(record_fixture, "what the server refuses is told of",
                 "[http]") {
  echo();
  auto client = recorded();
  SECTION("a request line that is none") {
    client->send("a-key-in-the-wrong-place\r\n\r\n");
    told_of(1);
    CHECK(told[0].method.empty());
    CHECK(told[0].status == 400);
  }
  SECTION("a method that is none") {
    client->send("a-key / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    told_of(1);
    CHECK(told[0].method == "other");
  }
  SECTION("a stranger's name") {
    client->send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    told_of(1);
    CHECK(told[0].status == 421);
    CHECK(told[0].method == "GET");
  }
  SECTION("a head that drips") {
    client->send("GET / HT");
    settle();
    clock.advance(limits::http_head_timeout);
    told_of(1);
    CHECK(told[0].status == 408);
  }
  CHECK_FALSE(told[0].is_cut);
  CHECK(told[0].bytes_out > 0);
}

TEST_CASE_METHOD(record_fixture, "what is no request is not told of",
                 "[http]") {
  echo();
  auto idle = recorded();
  auto client = connect();
  client->send(get("/"));
  told_of(1);
  idle->reset();
  client->reset();
  until([&] { return server->connections() == 0; });
  CHECK(told.size() == 1);
}

TEST_CASE_METHOD(record_fixture, "records are kept while they are wanted",
                 "[http]") {
  echo();
  auto client = connect();
  auto ask = [&](size_t nth) {
    client->send(get("/"));
    until([&] { return count(client->received, "HTTP/1.1") == nth; });
    settle();
  };
  ask(1);
  CHECK(told.empty());
  // A request of which the beginning was not seen is not told of.
  client->send("GET / HTTP/1.1\r\n");
  settle();
  server->keep_records(true);
  client->send("Host: localhost\r\n\r\n");
  until([&] { return count(client->received, "HTTP/1.1") == 2; });
  CHECK(told.empty());
  ask(3);
  CHECK(told.size() == 1);
  server->keep_records(false);
  ask(4);
  CHECK(told.size() == 1);
}

TEST_CASE_METHOD(record_fixture, "the server's names can change", "[http]") {
  echo();
  auto ask = [&] {
    return talk("GET / HTTP/1.1\r\nHost: llm.example\r\n"
                "Connection: close\r\n\r\n");
  };
  CHECK(ask().starts_with("HTTP/1.1 421 "));
  auto known = false;
  server->allow_hosts({"llm.example"}, [&] { known = true; });
  until([&] { return known; });
  CHECK(ask().starts_with("HTTP/1.1 200 "));
}
