// SPDX-License-Identifier: Apache-2.0
#include "providers/net/address_guard.hpp"

#include <algorithm>

namespace byollm::net {

namespace {

bool is_denied(const ip_bytes& address, std::span<const ip_bytes> own) {
  return !is_public_address(address)
         || std::find(own.begin(), own.end(), address) != own.end();
}

} // namespace

status check_addresses(std::span<const ip_bytes> addresses, reach allowed,
                       std::span<const ip_bytes> own) {
  if (addresses.empty())
    return failure{errc::dns_failed, "the host has no address"};
  if (allowed == reach::allowed
      || std::none_of(addresses.begin(), addresses.end(),
                      [=](auto& address) { return is_denied(address, own); }))
    return unit{};
  // One text for all of them, so that the answer maps no network.
  return failure{errc::origin_denied, "the host has an address that is not "
                                      "public"};
}

} // namespace byollm::net
