// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Looks at text eight bytes at a time.
namespace byollm::eight_bytes {

inline constexpr uint64_t ones = 0x0101010101010101u;
inline constexpr uint64_t tops = 0x8080808080808080u;

constexpr bool has_non_ascii(uint64_t word) noexcept {
  return (word & tops) != 0;
}

/// Whether a byte is less than `bound`, which is 128 at most.
constexpr bool has_below(uint64_t word, uint8_t bound) noexcept {
  return ((word - ones * bound) & ~word & tops) != 0;
}

constexpr bool has(uint64_t word, char byte) noexcept {
  return has_below(word ^ ones * static_cast<uint8_t>(byte), 1);
}

/// Returns how many bytes stand before the first one that `stops`; of words
/// without such a one `has_stop` says no.
template <class HasStop, class Stops>
size_t run_before(std::string_view text, HasStop has_stop,
                  Stops stops) noexcept {
  size_t n = 0;
  for (uint64_t word; n + sizeof(word) <= text.size(); n += sizeof(word)) {
    std::memcpy(&word, text.data() + n, sizeof(word));
    if (has_stop(word))
      break;
  }
  while (n < text.size() && !stops(text[n]))
    ++n;
  return n;
}

} // namespace byollm::eight_bytes
