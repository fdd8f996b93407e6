// SPDX-License-Identifier: Apache-2.0
// Goal: a service manager is told in its own words, at a name in the file
// system or an abstract one, and nobody if nobody asked. Method: a socket of
// the test's own in the environment. (e2e/daemon has a whole byollmd.)
#include "app/process/service_manager.hpp"
#include "tests/unit/daemon/folder.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace byollm {

namespace {

class listening {
public:
  explicit listening(const std::string& name)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name.copy(at.sun_path, sizeof(at.sun_path));
    if (name.front() == '@')
      at.sun_path[0] = '\0';
    auto size = offsetof(sockaddr_un, sun_path) + name.size();
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at),
                   static_cast<socklen_t>(size))
            == 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }

  ~listening() {
    ::close(socket_);
  }

  std::string next() const {
    std::array<char, 512> room;
    auto size = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(room.data(), static_cast<size_t>(size));
  }

private:
  int socket_;
};

std::string abstract_name() {
  return "@byollm-test-" + std::to_string(::getpid());
}

int64_t now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

} // namespace

TEST_CASE("a service manager is told how it is", "[daemon]") {
  folder here;
  for (const auto& name : {abstract_name(), here.file("n")}) {
    listening there{name};
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    service_manager manager;
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
    CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
    CHECK(std::getenv("WATCHDOG_PID") == nullptr);
    CHECK(manager.patience() == std::chrono::seconds{3});
    manager.tell_ready("well");
    CHECK(there.next() == "READY=1\nSTATUS=well");
    auto before = now_us();
    manager.tell_reloading();
    const std::string reloading = "RELOADING=1\nMONOTONIC_USEC=";
    auto told = there.next();
    REQUIRE(told.starts_with(reloading));
    auto when = std::stoll(told.substr(reloading.size()));
    CHECK(when >= before);
    CHECK(when <= now_us());
    manager.tell_stopping("done");
    CHECK(there.next() == "STOPPING=1\nSTATUS=done");
    manager.tell_alive();
    CHECK(there.next() == "WATCHDOG=1");
    CHECK(there.next().empty());
  }
}

TEST_CASE("nobody is told who did not ask", "[daemon]") {
  for (auto name : {"", "x", "relative/path", "vsock:2:1234"}) {
    ::setenv("NOTIFY_SOCKET", name, 1);
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    service_manager manager;
    CHECK_FALSE(manager.patience());
    manager.tell_ready("well");
  }
}

TEST_CASE("another process's watchdog is not ours", "[daemon]") {
  auto with = [](const char* time, const char* whose) {
    ::setenv("NOTIFY_SOCKET", abstract_name().c_str(), 1);
    ::setenv("WATCHDOG_USEC", time, 1);
    ::setenv("WATCHDOG_PID", whose, 1);
    return service_manager{}.patience();
  };
  CHECK_FALSE(with("1000", "1"));
  CHECK(with("1000", "") == std::chrono::milliseconds{1});
  for (auto bad : {"", "0", "-5", "1s", "99999999999999999999"})
    CHECK_FALSE(with(bad, ""));
}

} // namespace byollm
