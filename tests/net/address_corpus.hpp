// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace byollm::test {

/// Addresses to which no key may go, each written as a user may write it: both
/// ends of every IPv4 range of IANA's special-purpose registry, the metadata
/// addresses of clouds, and spellings that resolvers understand.
std::span<const std::string_view> denied_v4() noexcept;

/// The same in IPv6, without brackets: IPv4 inside IPv6 in seven forms, zone
/// ids, and both ends of every special range.
std::span<const std::string_view> denied_v6() noexcept;

} // namespace byollm::test
