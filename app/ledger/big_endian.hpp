// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

#include <cstdint>
#include <span>

namespace byollm {

/// Writes `value` to `at`, most significant byte first, and returns the end.
template <class Integer>
uint8_t* put_big_endian(uint8_t* at, Integer value) noexcept {
  for (size_t i = 0; i < sizeof(value); ++i)
    at[i] = static_cast<uint8_t>(value >> (8 * (sizeof(value) - 1 - i)));
  return at + sizeof(value);
}

/// Reads up to eight bytes, most significant first; as one load if their number
/// is known to the compiler.
template <size_t Extent>
uint64_t read_big_endian(std::span<const uint8_t, Extent> bytes) noexcept {
  uint64_t result = 0;
  for (auto byte : bytes)
    result = result << 8 | byte;
  return result;
}

} // namespace byollm
