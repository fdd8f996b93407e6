// SPDX-License-Identifier: Apache-2.0
// Goal: what the server itself refuses is said once, and nothing behind it is
// taken for a request. Method: raw bytes with a request smuggled behind.
#include "tests/net/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr auto close = "Connection: close\r\n";

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + ' ';
}

} // namespace

TEST_CASE_METHOD(http_fixture, "nothing behind a refused request is one",
                 "[http]") {
  struct row {
    int status;
    std::string bytes;
  };
  auto smuggled = get("/smuggled");
  for (auto& [status, bytes] : std::vector<row>{
         {400, post("/", smuggled, "Transfer-Encoding: chunked\r\n")},
         {400, post("/", smuggled, "Content-Length: 0\r\n")},
         {400, get("/", "Transfer-Encoding : chunked\r\n")},
         {501, get("/", "Transfer-Encoding: xchunked\r\n")},
         {400, get("/", "x: y\n")},
         {417, get("/", "Expect: x\r\n")},
         {505, "GET / HTTP/3.0\r\n\r\n"},
         {431, get("/", std::string(70'000, 'x') + ": y\r\n")},
         {413, "POST / HTTP/1.1\r\nHost: localhost\r\n"
               "Content-Length: 34603009\r\n\r\n"}}) {
    INFO(bytes.substr(0, 200));
    for (size_t piece : {size_t{1} << 20, size_t{1'000}}) {
      auto got = talk(bytes + smuggled, piece);
      CHECK(got.starts_with(status_line(status)));
      CHECK(count(got, "Connection: close\r\n") == 1);
      CHECK(body_of(got).starts_with(R"({"error":{"code":")"));
      CHECK(asked.empty());
    }
  }
  CHECK(server->open_exchanges() == 0);
}

TEST_CASE_METHOD(http_fixture, "a refusal has the shape of its dialect",
                 "[http]") {
  std::string seen;
  options.on_error
    = [&](int status, std::string_view why, const http::request* head) {
        seen = head ? head->path : "none";
        return http::answer{status, "sorry: " + std::string{why}, "text/plain"};
      };
  auto got = talk("POST /v1/x HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Length: 34603009\r\n\r\n");
  CHECK(body_of(got) == "sorry: the body is too large");
  CHECK(seen == "/v1/x");
  CHECK(talk("GET\r\n\r\n").starts_with(status_line(400)));
  CHECK(seen == "none");
  got = talk("HEAD / HTTP/1.1\r\nHost: localhost\r\n"
             "Content-Length: 34603009\r\n\r\n");
  CHECK(body_of(got).empty());
}

TEST_CASE_METHOD(http_fixture, "a refusal that cannot be sent is replaced",
                 "[http]") {
  options.on_error = [](int, std::string_view, const http::request*) {
    return http::answer{400, "", "text/plain\r\nx: y"};
  };
  auto got = talk("GET\r\n\r\n");
  CHECK(got.starts_with(status_line(400)));
  CHECK(count(got, "x: y") == 0);
  CHECK(body_of(got).starts_with(R"({"error")"));
}

TEST_CASE_METHOD(http_fixture, "a page cannot reach us by a name of its own",
                 "[http]") {
  echo();
  options.allowed_hosts = {"llm.corp.example"};
  auto ask = [&](const std::string& host) {
    return talk("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + close + "\r\n");
  };
  for (auto ours : {"localhost", "127.0.0.1:1", "[::1]", "llm.corp.example"})
    CHECK(ask(ours).starts_with(status_line(200)));
  for (auto other : {"attacker.example", "localhost.attacker.example"})
    CHECK(ask(other).starts_with(status_line(421)));
  options.check_host = false;
  server.reset();
  CHECK(ask("attacker.example").starts_with(status_line(200)));
}

TEST_CASE_METHOD(http_fixture, "a wrong name gets no leave to send a body",
                 "[http]") {
  auto got = talk("POST / HTTP/1.1\r\nHost: attacker.example\r\n"
                  "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n");
  CHECK(got.starts_with(status_line(421)));
}

TEST_CASE_METHOD(http_fixture, "what nobody answers is answered 500",
                 "[http]") {
  options.on_request = [](const http::exchange_ptr&) {
    // nop: forgotten
  };
  auto got = talk(get("/", close));
  CHECK(got.starts_with(status_line(500)));
  CHECK(count(got, "the request was not answered") == 1);
  // The connection is none the worse for it.
  server.reset();
  settle();
  options.on_request
    = [this](http::exchange_ptr one) { asked.push_back(std::move(one)); };
  auto client = connect();
  client->send(get("/") + get("/next"));
  until([&] { return asked.size() == 1; });
  asked.clear();
  until([&] { return asked.size() == 1; });
  CHECK(asked[0]->asked().path == "/next");
}

TEST_CASE_METHOD(http_fixture, "an answer that would split is replaced",
                 "[http]") {
  options.on_request = [](const http::exchange_ptr& got) {
    http::answer made{200, "secret"};
    made.headers = {{"x-a", "b\r\nset-cookie: c"}};
    if (got->asked().path == "/stream") {
      got->begin_stream(made);
      CHECK(got->write("secret"));
      got->end_stream();
    } else {
      got->reply(made);
    }
  };
  for (auto path : {"/whole", "/stream"}) {
    auto got = talk(get(path, close));
    CHECK(got.starts_with(status_line(500)));
    CHECK(count(got, "secret") + count(got, "set-cookie") == 0);
    CHECK(body_of(got).starts_with(R"({"error")"));
  }
}

TEST_CASE_METHOD(http_fixture, "one connection too many is told so", "[http]") {
  options.bounds.connections = 2;
  auto one = connect();
  auto two = connect();
  one->send(get("/"));
  two->send(get("/"));
  until([&] { return asked.size() == 2; });
  auto got = talk("");
  CHECK(got.starts_with(status_line(503)));
  CHECK(count(got, "Connection: close\r\n") == 1);
  one->reset();
  until([&] { return server->connections() == 1; });
  auto three = connect();
  three->send(get("/"));
  until([&] { return asked.size() == 3; });
}

TEST_CASE_METHOD(http_fixture, "bodies on their way have a bound", "[http]") {
  options.bounds.bodies_bytes = 100'000;
  auto bytes = post("/", std::string(200'000, 'b'));
  auto head_size = bytes.size() - 200'000;
  auto one = connect();
  one->send(bytes.substr(0, head_size + 90'000));
  settle();
  auto two = connect();
  two->send(bytes.substr(0, head_size + 20'000));
  until([&] { return two->is_ended; });
  CHECK(two->received.starts_with(status_line(503)));
  two->shut();
  until([&] { return server->connections() == 1; });
  // The first goes on; with its end there is room again.
  CHECK(!one->is_ended);
  one->reset();
  until([&] { return server->connections() == 0; });
  auto three = connect();
  three->send(bytes.substr(0, head_size + 90'000));
  settle();
  CHECK(!three->is_ended);
}

TEST_CASE_METHOD(http_fixture, "those who are told so are not too many",
                 "[http]") {
  options.bounds.connections = 0;
  std::vector<client_ptr> clients;
  for (size_t i = 0; i < limits::http_refusals_max + 10; ++i)
    clients.push_back(connect());
  size_t told = 0;
  for (auto& client : clients) {
    until([&] { return client->is_ended; });
    told += client->received.empty() ? 0 : 1;
  }
  // They end as their clients do not: still open.
  CHECK(told >= limits::http_refusals_max);
  CHECK(server->connections() <= limits::http_refusals_max);
}
