// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace byollm::http {

/// Returns whether `value` is a host, or one with a port, as a `Host` field
/// holds.
bool is_host(std::string_view value) noexcept;

/// Returns whether a page at `value` can only have been named so by this
/// machine's user or our admin: an address, "localhost", or one of `names`
/// (lower-case). Any other name may be an attacker's that resolves to us.
bool is_own_host(std::string_view value,
                 const std::vector<std::string>& names) noexcept;

} // namespace byollm::http
