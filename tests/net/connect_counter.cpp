// SPDX-License-Identifier: Apache-2.0
#include "tests/net/connect_counter.hpp"

#include <cerrno>
#include <cstring>
#include <optional>

#include <netinet/in.h>
#include <sys/socket.h>

namespace byollm::test {

namespace {

connect_counter* counting = nullptr;

std::optional<ip_bytes> bytes_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    ip_bytes bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::memcpy(&bytes[12], &v4.sin_addr, 4);
    return bytes;
  }
  if (address->sa_family != AF_INET6)
    return std::nullopt;
  sockaddr_in6 v6;
  std::memcpy(&v6, address, sizeof(v6));
  ip_bytes bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return bytes;
}

} // namespace

connect_counter::connect_counter() noexcept {
  counting = this;
}

connect_counter::~connect_counter() {
  counting = nullptr;
}

} // namespace byollm::test

// The names are the linker's.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" int __real_connect(int fd, const sockaddr* to, socklen_t size);

// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" int __wrap_connect(int fd, const sockaddr* to, socklen_t size) {
  using namespace byollm;
  auto address = test::counting ? test::bytes_of(to) : std::nullopt;
  if (!address)
    return __real_connect(fd, to, size);
  test::counting->note(*address);
  if ((*address)[10] == 0xff && (*address)[12] == 127)
    return __real_connect(fd, to, size);
  errno = ECONNREFUSED;
  return -1;
}
