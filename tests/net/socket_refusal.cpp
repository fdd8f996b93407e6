// SPDX-License-Identifier: Apache-2.0
#include "tests/net/socket_refusal.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace byollm::test {

namespace {

socket_refusal* refusing = nullptr;

} // namespace

socket_refusal::socket_refusal(size_t times) noexcept : left_(times) {
  refusing = this;
}

socket_refusal::~socket_refusal() {
  refusing = nullptr;
}

} // namespace byollm::test

// The names are the linker's.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" int __real_socket(int family, int type, int protocol);

// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" int __wrap_socket(int family, int type, int protocol) {
  using namespace byollm;
  auto is_ip = family == AF_INET || family == AF_INET6;
  if (!is_ip || !test::refusing || !test::refusing->refuses())
    return __real_socket(family, type, protocol);
  errno = EMFILE;
  return -1;
}
