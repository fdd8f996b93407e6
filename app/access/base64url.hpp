// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// Returns RFC 4648's base64url without padding.
std::string to_base64url(byte_view bytes);

/// Reads what `to_base64url` writes and nothing else.
std::optional<std::vector<uint8_t>> from_base64url(std::string_view text);

} // namespace byollm
