// SPDX-License-Identifier: Apache-2.0
#include "providers/net/address_guard.hpp"

#include <algorithm>

namespace byollm::net {

status check_addresses(std::span<const ip_bytes> addresses, reach allowed) {
  if (addresses.empty())
    return failure{errc::dns_failed, "the host has no address"};
  if (allowed == reach::allowed
      || std::all_of(addresses.begin(), addresses.end(), is_public_address))
    return unit{};
  // One text for all of them, so that the answer maps no network.
  return failure{errc::origin_denied, "the host has an address that is not "
                                      "public"};
}

} // namespace byollm::net
