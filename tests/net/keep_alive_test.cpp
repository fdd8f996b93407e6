// SPDX-License-Identifier: Apache-2.0
// Goal: a connection on which nothing moves for minutes is not forgotten by
// what stands between. Method: ask the kernel what it does about the
// connections that this program has to the upstream.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <filesystem>

using namespace byollm;
using namespace byollm::test;

namespace {

int option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  REQUIRE(getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

/// The sockets that are connected to `port`.
std::vector<int> connected_to(uint16_t port) {
  std::vector<int> made;
  for (const auto& entry :
       std::filesystem::directory_iterator{"/proc/self/fd"}) {
    auto fd = std::stoi(entry.path().filename().string());
    sockaddr_in peer = {};
    socklen_t size = sizeof(peer);
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0
        && peer.sin_family == AF_INET && ntohs(peer.sin_port) == port)
      made.push_back(fd);
  }
  return made;
}

} // namespace

TEST_CASE_METHOD(net_fixture, "a silent connection shows signs of life",
                 "[net]") {
  serve({upstream_script{}.expect()});
  auto sink = call();
  until([&] { return upstream->requests().size() == 1; });
  auto found = connected_to(upstream->port());
  REQUIRE(found.size() == 1);
  auto fd = found.front();
  CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
  auto first = option(fd, IPPROTO_TCP, TCP_KEEPIDLE);
  // Before the first who forgets does so, and over before a stream's wait.
  CHECK(first < 60);
  CHECK(std::chrono::seconds{first
                             + option(fd, IPPROTO_TCP, TCP_KEEPINTVL)
                                 * option(fd, IPPROTO_TCP, TCP_KEEPCNT)}
        < limits::first_byte_timeout);
  CHECK_FALSE(sink->is_done());
}
