// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// Returns RFC 4648's base64 with padding.
std::string to_base64(std::span<const uint8_t> bytes);

/// Reads what `to_base64` writes and nothing else: no other alphabet, no line
/// breaks, no missing padding, no unused bits that are set.
std::optional<std::vector<uint8_t>> from_base64(std::string_view text);

/// The same for an array of exactly `Size` bytes.
template <size_t Size>
std::optional<std::array<uint8_t, Size>>
from_base64_sized(std::string_view text) {
  if (text.size() != (Size + 2) / 3 * 4)
    return std::nullopt;
  auto bytes = from_base64(text);
  if (!bytes || bytes->size() != Size)
    return std::nullopt;
  std::array<uint8_t, Size> result;
  std::ranges::copy(*bytes, result.begin());
  return result;
}

} // namespace byollm
