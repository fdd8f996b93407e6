// SPDX-License-Identifier: Apache-2.0
// Goal: a tenant's retries are one budget, on however many loops it calls.
// Method: calls on all loops at a port where nobody listens; the ledger says
// how many attempts there were.
#include "host_fixture.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace byollm;
using namespace byollm::test;

namespace {

/// A port that is taken, and refuses everybody.
class dead_port {
public:
  dead_port() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    REQUIRE(socket_ >= 0);
    auto at = reinterpret_cast<sockaddr*>(&address_);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    REQUIRE(::bind(socket_, at, size) == 0);
    REQUIRE(::getsockname(socket_, at, &size) == 0);
  }

  dead_port(const dead_port&) = delete;
  dead_port& operator=(const dead_port&) = delete;

  ~dead_port() {
    ::close(socket_);
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port));
  }

private:
  int socket_;
  sockaddr_in address_ = {};
};

size_t intents(const runtime& rt) {
  auto rows = rt.admin().ledger_list("", "", 1, 1'000, false).get();
  REQUIRE(rows);
  return static_cast<size_t>(std::ranges::count_if(
    *rows, [](const ledger_row& row) { return row.type == "intent"; }));
}

} // namespace

TEST_CASE("a tenant's calls on all loops share its retries") {
  constexpr size_t loops = 4;
  constexpr size_t turns = 8;
  constexpr size_t calls_per_turn = 10;
  static_assert(turns * calls_per_turn / loops >= limits::retries_in_window_min,
                "each loop alone would use a budget up");
  dead_port dead;
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data", .loops = loops});
  REQUIRE(rt->admin().allow_origin("acme", dead.url(), true, "admin").get());
  auto settings = standin_llm();
  settings.base_url = dead.url();
  REQUIRE(rt->admin().set_user_llm("acme", "ada", settings, "ada").get());
  std::vector<context> open;
  for (size_t i = 0; i < turns; ++i)
    open.push_back(open_turn(*rt));
  auto begin = std::chrono::steady_clock::now();
  std::vector<pending<message_reply>> answers;
  for (const auto& turn : open)
    for (size_t i = 0; i < calls_per_turn; ++i)
      answers.push_back(turn.llm().create_message(say("hello")));
  for (auto& each : answers)
    CHECK_FALSE(each.get());
  // On a machine that needs so long, there is more than one window.
  auto windows
    = 1 + (std::chrono::steady_clock::now() - begin) / limits::retry_window;
  CHECK(intents(*rt)
        <= turns * calls_per_turn
             + static_cast<size_t>(windows) * limits::retries_in_window_min);
  CHECK(rt->stats().retries_denied > 0);
}
