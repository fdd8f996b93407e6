// SPDX-License-Identifier: Apache-2.0
#include "providers/net/own_addresses.hpp"

#include "messages/limits.hpp"

#include <cstring>
#include <memory>
#include <utility>

#include <ifaddrs.h>
#include <netinet/in.h>

namespace byollm::net {

namespace {

void add(address_list& to, const sockaddr* address) {
  if (!address)
    return;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    ip_bytes bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::memcpy(&bytes[12], &v4.sin_addr, 4);
    to.push_back(bytes);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof(v6));
    ip_bytes bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    to.push_back(bytes);
  }
}

} // namespace

std::optional<address_list> interface_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0)
    return std::nullopt;
  address_list result;
  std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all{first, freeifaddrs};
  for (auto one = first; one; one = one->ifa_next)
    add(result, one->ifa_addr);
  return result;
}

const address_list& own_addresses::at(time_point now) {
  if (read_at_ && now - *read_at_ < limits::own_addresses_age_max)
    return known_;
  auto found = read_();
  auto is_news = !found && !has_failed_;
  has_failed_ = !found;
  if (found) {
    known_ = *std::move(found);
    read_at_ = now;
  }
  if (is_news && on_failure_)
    on_failure_();
  return known_;
}

} // namespace byollm::net
