// SPDX-License-Identifier: Apache-2.0
// Goal: however many requests come, each step of what is under way waits for
// no more than one turn of them; and who was turned away lets the others go
// first, and comes at a pace. Method: requests that are all with the system
// before the server looks, and a log of what ran: a request, or a step that
// posts the next one.
#include "tests/net/http/http_fixture.hpp"

#include "messages/limits.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace byollm;
using namespace byollm::test;
namespace asio = boost::asio;

namespace {

constexpr size_t crowd = 60;

struct arrivals_fixture : http_fixture {
  arrivals_fixture() {
    options.on_request = [this](http::exchange_ptr got) {
      auto path = got->asked().path;
      log.push_back(path);
      if (path == "/full")
        got->reply({.status = 429, .body = "later", .turns_away = true});
      else if (path == "/now")
        got->reply({200, "here"});
      else
        asked.push_back(std::move(got));
    };
  }

  std::vector<client_ptr> connected(size_t count) {
    std::vector<client_ptr> made;
    for (size_t i = 0; i < count; ++i) {
      made.push_back(connect());
      settle();
    }
    return made;
  }

  /// All are with the system when it returns; the server has seen none.
  static void send(const std::vector<client_ptr>& from,
                   const std::string& path) {
    for (auto& each : from)
      each->send(get(path));
  }

  void work() {
    log.emplace_back("step");
    REQUIRE(log.size() < 20'000);
    if (is_working)
      asio::post(loop, [this] { work(); });
  }

  /// Runs until `count` requests came, with work under way.
  void run_until(size_t count) {
    is_working = true;
    work();
    until([&] { return requests() >= count; });
    is_working = false;
    settle();
  }

  size_t requests() const {
    return log.size()
           - static_cast<size_t>(std::ranges::count(log, std::string{"step"}));
  }

  /// The requests in their order.
  std::vector<std::string> order() const {
    std::vector<std::string> result;
    std::ranges::remove_copy(log, std::back_inserter(result), "step");
    return result;
  }

  /// How many requests came between two steps, at most.
  size_t most_at_once() const {
    size_t result = 0;
    size_t run = 0;
    for (auto& each : log) {
      run = each == "step" ? 0 : run + 1;
      result = std::max(result, run);
    }
    return result;
  }

  std::vector<std::string> log;
  bool is_working = false;
};

void check_answered(const std::vector<client_ptr>& clients, size_t times) {
  for (auto& each : clients)
    CHECK(count(each->received, "HTTP/1.1 ") == times);
}

} // namespace

TEST_CASE_METHOD(arrivals_fixture,
                 "between two that are turned away runs what is under way",
                 "[http][arrivals]") {
  auto clients = connected(crowd);
  send(clients, "/full");
  run_until(crowd);
  CHECK(most_at_once() == 1);
  check_answered(clients, 1);
}

TEST_CASE_METHOD(arrivals_fixture, "those that are let in come in small groups",
                 "[http][arrivals]") {
  constexpr size_t many = limits::http_arrivals_per_turn + crowd;
  auto clients = connected(many);
  send(clients, "/");
  run_until(many);
  CHECK(asked.size() == many);
  CHECK(most_at_once() == limits::http_arrivals_per_turn);
  for (auto& one : std::exchange(asked, {}))
    one->reply({200, "done"});
  settle();
  check_answered(clients, 1);
}

TEST_CASE_METHOD(arrivals_fixture,
                 "who was turned away waits behind who was not",
                 "[http][arrivals]") {
  auto loud = connected(crowd);
  send(loud, "/full");
  run_until(crowd);
  auto quiet = connected(1);
  log.clear();
  send(loud, "/full");
  send(quiet, "/now");
  run_until(crowd + 1);
  CHECK(order().front() == "/now");
  check_answered(loud, 2);
}

TEST_CASE_METHOD(arrivals_fixture, "who was turned away comes at a pace",
                 "[http][arrivals]") {
  constexpr size_t burst = limits::http_turned_away_burst;
  constexpr size_t more = 5;
  auto loud = connected(burst + more);
  send(loud, "/full");
  run_until(loud.size());
  log.clear();
  send(loud, "/full");
  run_until(burst);
  CHECK(requests() == burst);
  for (size_t nth = 1; nth <= more; ++nth) {
    clock.advance(limits::http_turned_away_pace - 1us);
    settle();
    CHECK(requests() == burst + nth - 1);
    clock.advance(1us);
    settle();
    CHECK(requests() == burst + nth);
  }
  check_answered(loud, 2);
  // Those that come when nothing is used do not wait.
  clock.advance(1s);
  send(loud, "/full");
  run_until(2 * burst);
}

TEST_CASE_METHOD(arrivals_fixture, "requests in one piece have a turn each",
                 "[http][arrivals]") {
  constexpr size_t upto = 1 + limits::http_turned_away_burst;
  auto clients = connected(1);
  std::string all;
  for (size_t i = 0; i < upto + 2; ++i)
    all += get("/full");
  clients[0]->send(all);
  run_until(upto);
  CHECK(requests() == upto);
  // The first was welcome: a turn takes one of each kind.
  CHECK(most_at_once() <= 2);
  clock.advance(limits::http_turned_away_pace);
  settle();
  CHECK(requests() == upto + 1);
  clock.advance(limits::http_turned_away_pace);
  settle();
  check_answered(clients, upto + 2);
}

TEST_CASE_METHOD(arrivals_fixture,
                 "a request that was begun has no turn for it",
                 "[http][arrivals]") {
  constexpr size_t upto = 1 + limits::http_turned_away_burst;
  auto clients = connected(1);
  auto one = get("/full");
  auto piece = one.substr(1) + one.substr(0, 1);
  clients[0]->send(one.substr(0, 1));
  for (size_t i = 0; i < upto; ++i) {
    clients[0]->send(piece);
    until([&] { return count(clients[0]->received, "HTTP/1.1 ") == i + 1; });
  }
  clients[0]->send(piece);
  settle();
  CHECK(requests() == upto);
  clock.advance(limits::http_turned_away_pace);
  settle();
  CHECK(requests() == upto + 1);
}

TEST_CASE_METHOD(arrivals_fixture, "who waits for a turn makes no room",
                 "[http][arrivals]") {
  options.bounds.connections = 1;
  auto clients = connected(1);
  std::string all;
  for (size_t i = 0; i < limits::http_turned_away_burst + 2u; ++i)
    all += get("/full");
  clients[0]->send(all);
  run_until(1 + limits::http_turned_away_burst);
  CHECK(talk("").starts_with("HTTP/1.1 503 "));
  CHECK(!clients[0]->is_ended);
  clock.advance(limits::http_turned_away_pace);
  settle();
  check_answered(clients, limits::http_turned_away_burst + 2u);
}

TEST_CASE_METHOD(arrivals_fixture, "those who wait are let go at the end",
                 "[http][arrivals]") {
  auto loud = connected(limits::http_turned_away_burst + 5);
  send(loud, "/full");
  run_until(loud.size());
  send(loud, "/full");
  run_until(loud.size() + limits::http_turned_away_burst);
  server.reset();
  until([&] { return loud.back()->is_ended; });
  CHECK(count(loud.back()->received, "HTTP/1.1 ") == 1);
}

TEST_CASE_METHOD(arrivals_fixture,
                 "who was turned away has a turn while others come",
                 "[http][arrivals]") {
  constexpr size_t few = 3;
  auto loud = connected(few);
  send(loud, "/full");
  run_until(few);
  auto others = connected(2 * limits::http_arrivals_per_turn);
  log.clear();
  send(loud, "/full");
  send(others, "/now");
  run_until(others.size() + few);
  auto seen = order();
  // One of them each turn, and of the others as many as a turn has.
  for (size_t nth = 1; nth <= few; ++nth) {
    auto upto
      = seen.begin()
        + static_cast<ptrdiff_t>(nth * (limits::http_arrivals_per_turn + 1));
    CHECK(std::count(seen.begin(), upto, "/full") == ptrdiff_t(nth));
  }
}

TEST_CASE_METHOD(arrivals_fixture, "whoever is let in again is welcome again",
                 "[http][arrivals]") {
  auto clients = connected(crowd);
  send(clients, "/full");
  run_until(crowd);
  auto once_refused = std::vector(clients.begin(), clients.begin() + 2);
  send(once_refused, "/now");
  run_until(crowd + 2);
  log.clear();
  send({clients.begin() + 2, clients.end()}, "/full");
  send(once_refused, "/now");
  run_until(crowd);
  auto first = order();
  CHECK(first[0] == "/now");
  CHECK(first[1] == "/now");
}

TEST_CASE_METHOD(arrivals_fixture, "who waits for a turn is not late",
                 "[http][arrivals]") {
  auto answer = options.on_request;
  options.on_request = [&](http::exchange_ptr got) {
    if (log.empty())
      clock.advance(limits::http_head_timeout + 1s);
    answer(std::move(got));
  };
  auto clients = connected(crowd);
  send(clients, "/full");
  until([&] { return requests() == crowd; });
  settle();
  check_answered(clients, 1);
}

TEST_CASE_METHOD(arrivals_fixture,
                 "who waits for a turn is answered at the end",
                 "[http][arrivals]") {
  auto answer = options.on_request;
  options.on_request = [&](http::exchange_ptr got) {
    if (log.empty())
      server->drain([] {});
    answer(std::move(got));
  };
  auto clients = connected(crowd);
  send(clients, "/full");
  until([&] { return requests() == crowd; });
  settle();
  check_answered(clients, 1);
  until([&] { return clients.back()->is_ended; });
  CHECK(count(clients.back()->received, "Connection: close") == 1);
}

TEST_CASE_METHOD(arrivals_fixture, "who went while waiting is forgotten",
                 "[http][arrivals]") {
  auto clients = connected(crowd);
  send(clients, "/full");
  for (auto& each : clients)
    each->reset();
  until([&] { return server->connections() == 0; });
  auto after = connected(1);
  send(after, "/now");
  until([&] { return count(after[0]->received, "HTTP/1.1 200 ") == 1; });
}
