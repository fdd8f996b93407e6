// SPDX-License-Identifier: Apache-2.0
// Goal: no client takes what is there for all: connections, the room for
// bodies, the time to read what will be refused. Method: raw clients up to
// each bound, and one more that must be served.
#include "tests/net/http/http_fixture.hpp"

#include "messages/limits.hpp"
#include "messages/shared_room.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr size_t large = 200'000;

http::head_verdict let_pass(const http::request& head) {
  return {{}, std::string{head.header("who")}};
}

std::string from(const std::string& who, size_t body = large) {
  return post("/", std::string(body, 'b'), "who: " + who + "\r\n");
}

/// So much of a request, by so much of its body.
std::string part_of(const std::string& bytes, size_t of_body) {
  return bytes.substr(0, bytes.find("\r\n\r\n") + 4 + of_body);
}

} // namespace

// -- connections --------------------------------------------------------------

TEST_CASE_METHOD(http_fixture, "who waits longest makes room for one more",
                 "[http]") {
  options.bounds.connections = 3;
  auto slow = connect();
  slow->send("POST / HT");
  settle();
  auto busy = connect();
  busy->send(get("/"));
  until([&] { return asked.size() == 1; });
  auto idle = connect();
  until([&] { return server->connections() == 3; });
  auto fourth = connect();
  until([&] { return slow->is_ended; });
  CHECK(slow->received.empty());
  auto fifth = connect();
  until([&] { return idle->is_ended; });
  // Those that are being answered stay, and nobody else is left to go.
  fourth->send(get("/"));
  fifth->send(get("/"));
  until([&] { return asked.size() == 3; });
  CHECK(talk("").starts_with("HTTP/1.1 503 "));
  CHECK(!busy->is_ended);
  asked[0]->reply({200, "{}"});
  until([&] { return count(busy->received, "HTTP/1.1 200 ") == 1; });
  // It waits again, and is the one.
  auto sixth = connect();
  until([&] { return busy->is_ended; });
  CHECK(!fourth->is_ended);
  CHECK(!sixth->is_ended);
}

TEST_CASE_METHOD(http_fixture,
                 "who sends one byte after the other is not heard", "[http]") {
  options.bounds.connections = 50;
  echo();
  std::vector<client_ptr> slow;
  for (size_t i = 0; i < 50; ++i) {
    slow.push_back(connect());
    slow.back()->send("GET /");
  }
  until([&] { return server->connections() == 50; });
  for (size_t i = 0; i < 20; ++i)
    CHECK(talk(get("/", "Connection: close\r\n")).starts_with("HTTP/1.1 200 "));
}

// -- before the body ----------------------------------------------------------

TEST_CASE_METHOD(http_fixture, "who is refused by the head is read no further",
                 "[http]") {
  options.on_head = [](const http::request&) {
    return http::head_verdict{http::answer{
      429, R"({"no":1})", "application/json", {{"Retry-After", "2"}}}};
  };
  auto one = connect();
  one->send(part_of(from("ada"), 0));
  // Nothing of the body was sent, nor is it waited for.
  until([&] { return one->is_ended; });
  CHECK(one->received.starts_with("HTTP/1.1 429 "));
  CHECK(count(one->received, "Retry-After: 2\r\n") == 1);
  CHECK(count(one->received, "Connection: close\r\n") == 1);
  CHECK(body_of(one->received) == R"({"no":1})");
  // What comes still is no request.
  one->send(std::string(large, 'b') + get("/smuggled"));
  settle();
  one->shut();
  until([&] { return server->connections() == 0; });
  CHECK(asked.empty());
  for (auto field : {"Transfer-Encoding: chunked\r\n",
                     "Expect: 100-continue\r\nContent-Length: 2\r\n"}) {
    auto got = talk("POST / HTTP/1.1\r\nHost: localhost\r\n"
                    + std::string{field} + "\r\n");
    CHECK(got.starts_with("HTTP/1.1 429 "));
    CHECK(count(got, "100 Continue") == 0);
  }
}

TEST_CASE_METHOD(http_fixture, "a small body is read before anybody is refused",
                 "[http]") {
  size_t looks = 0;
  options.on_head = [&](const http::request&) {
    ++looks;
    return http::head_verdict{http::answer{429, "{}"}};
  };
  echo();
  auto one = connect();
  auto bytes = from("ada", limits::http_read_buffer_bytes);
  one->send(bytes);
  until([&] { return count(one->received, "HTTP/1.1 200 ") == 1; });
  one->send(get("/"));
  until([&] { return count(one->received, "HTTP/1.1 200 ") == 2; });
  CHECK(looks == 0);
  one->send(from("ada", limits::http_read_buffer_bytes + 1));
  until([&] { return one->is_ended; });
  CHECK(looks == 1);
  CHECK(count(one->received, "HTTP/1.1 429 ") == 1);
}

TEST_CASE_METHOD(http_fixture, "an unfit refusal by the head is a 500",
                 "[http]") {
  options.on_head = [](const http::request&) {
    return http::head_verdict{http::answer{
      429, "{}", "application/json", {{"x", "a\r\nset-cookie: b"}}}};
  };
  auto got = talk(part_of(from("ada"), 0));
  CHECK(got.starts_with("HTTP/1.1 500 "));
  CHECK(count(got, "set-cookie") == 0);
}

// -- room for bodies ----------------------------------------------------------

TEST_CASE_METHOD(http_fixture, "nobody takes the room for bodies alone",
                 "[http]") {
  options.bounds.bodies_bytes = 300'000;
  options.on_head = let_pass;
  auto one = connect();
  one->send(part_of(from("ada"), 140'000));
  settle();
  CHECK(!one->is_ended);
  // Half is what one has while nobody else sends.
  auto two = connect();
  two->send(part_of(from("ada"), 20'000));
  until([&] { return two->is_ended; });
  CHECK(two->received.starts_with("HTTP/1.1 503 "));
  two->shut();
  until([&] { return server->connections() == 1; });
  auto other = connect();
  other->send(part_of(from("bob"), 60'000));
  settle();
  CHECK(!other->is_ended);
  // What is gone is given back.
  other->reset();
  one->send(std::string(20'000, 'b'));
  until([&] { return server->connections() == 1 && one->is_ended; });
  CHECK(one->received.starts_with("HTTP/1.1 503 "));
  one->shut();
  until([&] { return server->connections() == 0; });
  auto three = connect();
  three->send(part_of(from("ada"), 140'000));
  settle();
  CHECK(!three->is_ended);
}

TEST_CASE("room for bodies is counted exactly", "[http]") {
  constexpr size_t most = 1'000;
  shared_room room{most};
  auto ada = room.of("ada");
  auto bob = room.of("bob");
  CHECK(room.of("ada") == ada);
  CHECK(room.hold(ada.get(), 0, 500));
  CHECK(!room.hold(ada.get(), 500, 501));
  // Less is always taken.
  CHECK(room.hold(ada.get(), 501, 500));
  CHECK(room.hold(bob.get(), 0, 250));
  CHECK(!room.hold(bob.get(), 250, 251));
  CHECK(room.hold(bob.get(), 251, 0));
  CHECK(room.hold(ada.get(), 500, 0));
  CHECK(room.hold(nullptr, 0, most));
  CHECK(!room.hold(nullptr, most, most + 1));
  CHECK(room.hold(nullptr, most + 1, 0));
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 8; ++thread)
    threads.emplace_back([&room, thread] {
      auto whose = room.of(thread % 2 == 0 ? "ada" : "bob");
      for (size_t i = 1; i < 5'000; ++i) {
        room.hold(whose.get(), 0, i % 97);
        room.hold(whose.get(), i % 97, 0);
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK(*ada == 0);
  CHECK(*bob == 0);
  CHECK(room.hold(nullptr, 0, most));
}
