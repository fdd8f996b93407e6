// SPDX-License-Identifier: Apache-2.0
#include "providers/net/lookup_desk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace byollm::net {

namespace {

struct deleter {
  void operator()(addrinfo* list) const noexcept {
    ::freeaddrinfo(list);
  }
};

// An IPv4 address as IPv6 maps it: 80 bits of 0, 16 bits of 1, and it.
ip_bytes mapped(const in_addr& address) {
  ip_bytes result = {};
  result[10] = result[11] = 0xff;
  std::memcpy(result.data() + 12, &address, sizeof(address));
  return result;
}

bool read(const addrinfo& from, ip_bytes& into) {
  if (from.ai_family == AF_INET) {
    sockaddr_in found;
    std::memcpy(&found, from.ai_addr, sizeof(found));
    into = mapped(found.sin_addr);
    return true;
  }
  if (from.ai_family != AF_INET6)
    return false;
  sockaddr_in6 found;
  std::memcpy(&found, from.ai_addr, sizeof(found));
  std::memcpy(into.data(), &found.sin6_addr, into.size());
  return true;
}

// What the resolver makes of it is "no such name".
bool has_descriptor() noexcept {
  auto probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  auto is_out = probe < 0 && (errno == EMFILE || errno == ENFILE);
  if (probe >= 0)
    ::close(probe);
  return !is_out;
}

} // namespace

addresses look_up(const std::string& host) {
  addrinfo wanted = {};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  auto code = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
  std::unique_ptr<addrinfo, deleter> owned{list};
  std::vector<ip_bytes> result;
  ip_bytes address;
  for (auto* each = code == 0 ? list : nullptr; each; each = each->ai_next)
    if (read(*each, address)
        && std::ranges::find(result, address) == result.end())
      result.push_back(address);
  if (result.empty() && !has_descriptor())
    return failure{errc::overloaded, "no file descriptors are left"};
  if (result.empty())
    return failure{errc::dns_failed, "the host has no address"};
  return result;
}

} // namespace byollm::net
