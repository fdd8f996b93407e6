// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/big_endian.hpp"

#include <optional>

namespace byollm {

/// Takes `size` bytes off the front; nothing if there are fewer.
inline std::optional<byte_view> take(byte_view& rest, size_t size) noexcept {
  if (rest.size() < size)
    return std::nullopt;
  auto front = rest.first(size);
  rest = rest.subspan(size);
  return front;
}

/// Takes a length of four bytes, and that many bytes, off the front.
inline std::optional<byte_view> take_sized(byte_view& rest) noexcept {
  constexpr size_t length_bytes = 4;
  if (rest.size() < length_bytes)
    return std::nullopt;
  auto length = read_big_endian(rest.first<length_bytes>());
  rest = rest.subspan(length_bytes);
  return take(rest, length);
}

} // namespace byollm
