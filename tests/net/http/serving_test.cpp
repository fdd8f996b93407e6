// SPDX-License-Identifier: Apache-2.0
// Goal: requests are answered whole, one after the other, as the client asked
// for. Method: raw bytes over a socket, and what comes back.
#include "tests/net/http/http_fixture.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr auto close = "Connection: close\r\n";

} // namespace

TEST_CASE_METHOD(http_fixture, "an answer says all that a client needs",
                 "[http]") {
  echo();
  CHECK(talk(post("/a?b", "hello", close))
        == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
           "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
           "Connection: close\r\nContent-Length: 13\r\n\r\nPOST /a hello");
}

TEST_CASE_METHOD(http_fixture, "the handler sees the request", "[http]") {
  auto client = connect();
  client->send(post("/v1/a%20b?c=%20", "body", "X-Key: Value \r\n"));
  until([&] { return asked.size() == 1; });
  auto& got = asked[0]->asked();
  CHECK(got.method == "POST");
  CHECK(got.path == "/v1/a b");
  CHECK(got.query == "c=%20");
  CHECK(view(got.body) == "body");
  CHECK(got.header("x-key") == "Value");
  CHECK(got.header("x-other").empty());
  CHECK(!got.is_local);
  CHECK(server->open_exchanges() == 1);
  auto taken = asked[0]->take_body();
  CHECK(view(taken) == "body");
  CHECK(asked[0]->asked().body.empty());
  asked[0]->reply({});
  until([&] { return !client->received.empty(); });
  CHECK(server->open_exchanges() == 0);
}

TEST_CASE_METHOD(http_fixture, "where a request is cut changes no answer",
                 "[http]") {
  echo();
  auto bytes = post("/a", "hello") + get("/b") + get("/c", close);
  auto whole = talk(bytes);
  CHECK(count(whole, "HTTP/1.1 200 OK") == 3);
  CHECK(talk(bytes, 1) == whole);
  for (size_t at = 1; at < bytes.size(); at += 7)
    CHECK(talk(bytes, at) == whole);
}

TEST_CASE_METHOD(http_fixture, "a request waits for the answer before it",
                 "[http]") {
  auto client = connect();
  client->send(get("/1") + get("/2") + get("/3"));
  for (size_t n = 1; n <= 3; ++n) {
    until([&] { return asked.size() == n; });
    settle();
    CHECK(asked.size() == n);
    CHECK(count(client->received, "HTTP/1.1") == n - 1);
    CHECK(asked.back()->asked().path == "/" + std::to_string(n));
    asked.back()->reply({200, "answer " + std::to_string(n)});
  }
  until([&] { return count(client->received, "answer 3") == 1; });
  CHECK(client->received.find("answer 1") < client->received.find("answer 2"));
  CHECK(!client->is_ended);
}

TEST_CASE_METHOD(http_fixture, "HEAD has the length and no body", "[http]") {
  echo();
  auto got
    = talk("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/b", close));
  CHECK(count(got, "Content-Length: 8\r\n\r\nHTTP/1.1") == 1);
  CHECK(got.ends_with("\r\n\r\nGET /b "));
}

TEST_CASE_METHOD(http_fixture, "a status without a body has none", "[http]") {
  options.on_request = [](const http::exchange_ptr& got) {
    got->reply({204, "dropped"});
  };
  auto got = talk(get("/a", close));
  CHECK(body_of(got).empty());
  CHECK(count(got, "Content-") == 1);
  CHECK(count(got, "X-Content-Type-Options") == 1);
}

TEST_CASE_METHOD(http_fixture, "HTTP/1.0 is answered and closed", "[http]") {
  echo();
  auto got = talk("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(count(got, "Connection: close") == 1);
  CHECK(body_of(got) == "GET /a ");
}

TEST_CASE_METHOD(http_fixture, "a connection ends after its last request",
                 "[http]") {
  echo();
  options.bounds.requests_per_connection = 2;
  auto got = talk(get("/1") + get("/2") + get("/3"));
  CHECK(count(got, "HTTP/1.1 200") == 2);
  CHECK(count(got, "Connection: close") == 1);
}

TEST_CASE_METHOD(http_fixture, "who waits for leave to send a body gets it",
                 "[http]") {
  echo();
  constexpr auto leave = "HTTP/1.1 100 Continue\r\n\r\n";
  auto bytes = post("/", "hello", "Expect: 100-continue\r\n");
  auto head = bytes.substr(0, bytes.size() - 5);
  auto client = connect();
  client->send(head);
  until([&] { return !client->received.empty(); });
  CHECK(client->received == leave);
  client->send("hello");
  until([&] { return count(client->received, "POST / hello") == 1; });
  CHECK(count(client->received, leave) == 1);
  // Who did not wait needs none, nor who has no body.
  client->received.clear();
  client->send(bytes + get("/x", "Expect: 100-continue\r\n"));
  until([&] { return count(client->received, "GET /x") == 1; });
  CHECK(count(client->received, leave) == 0);
}

TEST_CASE_METHOD(http_fixture, "a body may be as long as the bound", "[http]") {
  echo();
  std::string body(limits::http_body_bytes_max, 'b');
  auto client = connect();
  client->send(post("/", body, close));
  until([&] { return client->is_ended; });
  CHECK(body_of(client->received).size() == body.size() + 7);
  CHECK(client->received.ends_with("bbb"));
}

TEST_CASE_METHOD(http_fixture, "an answer may come from any thread", "[http]") {
  auto client = connect();
  for (int i = 0; i < 100; ++i) {
    client->send(get("/"));
    until([&] { return asked.size() == 1; });
    std::thread other{[&] { asked[0]->reply({200, "from elsewhere"}); }};
    until([&] { return count(client->received, "from elsewhere") == 1; });
    other.join();
    client->received.clear();
    asked.clear();
  }
}

TEST_CASE_METHOD(http_fixture, "only the first answer counts", "[http]") {
  options.on_request = [](const http::exchange_ptr& got) {
    got->reply({200, "first"});
    got->reply({200, "second"});
    got->begin_stream({});
    CHECK(!got->write("third"));
    got->end_stream();
    got->abort_stream();
  };
  CHECK(body_of(talk(get("/", close))) == "first");
}
