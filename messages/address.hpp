// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace byollm {

/// An IP address as 16 bytes; IPv4 in the IPv4-mapped form.
using ip_bytes = std::array<uint8_t, 16>;

/// Parses dotted-quad IPv4 (four decimal numbers without leading zeros) or IPv6
/// without zone id; anything else, `127.1` and `0x7f000001` included, is
/// nothing.
BYOLLM_API std::optional<ip_bytes> parse_ip(std::string_view text) noexcept;

/// Returns whether `address` is a public unicast address: not private,
/// loopback, link-local, multicast, reserved, documentation, or cloud metadata,
/// in any spelling, including IPv4 carried inside IPv6. Default is no: IPv6
/// outside 2000::/3 is never public (IANA special-purpose registries).
BYOLLM_API bool is_public_address(const ip_bytes& address) noexcept;

} // namespace byollm
