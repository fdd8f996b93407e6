// SPDX-License-Identifier: Apache-2.0
// Goal: many connections at a time, each on one loop. Method: a thousand
// clients that are all open before the first is answered; two loops with a
// thread each.
#include "tests/net/http/http_fixture.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <sys/resource.h>

using namespace byollm;
using namespace byollm::test;
namespace asio = boost::asio;

namespace {

/// Allows the files that a thousand connections are.
void raise_file_limit() {
  rlimit now{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &now) == 0);
  now.rlim_cur = std::max<rlim_t>(now.rlim_cur, 2'500);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
}

struct two_loops {
  two_loops() {
    for (auto& loop : loops)
      threads.emplace_back([&loop] { loop.run(); });
  }

  ~two_loops() {
    for (auto& each : work)
      each.reset();
    for (auto& each : threads)
      each.join();
  }

  asio::io_context loops[2];
  asio::executor_work_guard<asio::io_context::executor_type> work[2]{
    asio::make_work_guard(loops[0]), asio::make_work_guard(loops[1])};
  std::vector<std::thread> threads;
};

} // namespace

TEST_CASE_METHOD(http_fixture, "a thousand clients are answered", "[http]") {
  constexpr size_t many = 1'000;
  raise_file_limit();
  std::vector<client_ptr> clients;
  for (size_t i = 0; i < many; ++i) {
    clients.push_back(connect());
    // The kernel keeps only so many that were not accepted.
    settle();
  }
  for (size_t round = 0; round < 2; ++round) {
    for (size_t i = 0; i < many; ++i)
      clients[i]->send(get("/" + std::to_string(i)));
    until([&] { return asked.size() == many; });
    CHECK(server->open_exchanges() == many);
    for (auto& one : std::exchange(asked, {}))
      one->reply({200, "answer " + one->asked().path + "."});
    for (size_t i = 0; i < many; ++i) {
      auto own = "answer /" + std::to_string(i) + ".";
      until([&] { return count(clients[i]->received, own) == round + 1; });
    }
  }
  CHECK(server->connections() == many);
}

TEST_CASE("a connection stays on one loop", "[http]") {
  constexpr size_t clients = 8;
  constexpr size_t rounds = 50;
  std::mutex mutex;
  std::map<std::string, std::set<std::thread::id>> seen;
  std::set<std::thread::id> threads;
  http::server_options options;
  options.tcp.emplace();
  options.on_request = [&](const http::exchange_ptr& got) {
    std::lock_guard guard{mutex};
    seen[got->asked().path].insert(std::this_thread::get_id());
    threads.insert(std::this_thread::get_id());
    got->reply({200, "ok"});
  };
  two_loops running;
  auto made
    = http::server::start({&running.loops[0], &running.loops[1]}, options);
  REQUIRE(made);
  {
    asio::io_context here;
    for (size_t i = 0; i < clients; ++i) {
      asio::ip::tcp::socket link{here};
      link.connect({asio::ip::address_v4::loopback(), (*made)->port()});
      for (size_t n = 0; n < rounds; ++n) {
        asio::write(link, asio::buffer(get("/" + std::to_string(i))));
        std::string got;
        while (!got.ends_with("\r\n\r\nok")) {
          char room[512];
          got.append(room, link.read_some(asio::buffer(room)));
        }
      }
    }
  }
  made->reset();
  std::lock_guard guard{mutex};
  CHECK(threads.size() == 2);
  CHECK(seen.size() == clients);
  for (auto& [path, on] : seen)
    CHECK(on.size() == 1);
}
