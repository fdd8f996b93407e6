// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/address.hpp"
#include "messages/expected.hpp"
#include "messages/origin.hpp"

#include <span>

namespace byollm::net {

/// Decides whether a connection may be opened, on the addresses themselves. One
/// address that is not public, or is among this machine's `own`, denies them
/// all: a name that mixes them is an attack or a mistake. Errors:
/// `origin_denied`, `dns_failed` if there is none.
status check_addresses(std::span<const ip_bytes> addresses, reach allowed,
                       std::span<const ip_bytes> own);

} // namespace byollm::net
