// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace byollm {

/// Bytes that are appended in many small pieces. A vector's `insert` costs more
/// than the few bytes of a field; this has one comparison per piece. Keeps its
/// memory when it is cleared. Not thread-safe.
class byte_buffer {
public:
  /// Appends `size` bytes that the caller sets, and returns where they are;
  /// valid until the next call.
  uint8_t* extend(size_t size) {
    if (size > room_.size() - used_) [[unlikely]]
      grow(size);
    auto* result = room_.data() + used_;
    used_ += size;
    return result;
  }

  void add(byte_view bytes) {
    if (!bytes.empty())
      std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }

  void add(std::string_view text) {
    if (!text.empty())
      std::memcpy(extend(text.size()), text.data(), text.size());
  }

  /// Forgets what is behind the first `size` bytes.
  void cut(size_t size) noexcept {
    used_ = size;
  }

  void clear() noexcept {
    used_ = 0;
  }

  size_t size() const noexcept {
    return used_;
  }

  uint8_t* data() noexcept {
    return room_.data();
  }

  byte_view view() const noexcept {
    return byte_view{room_}.first(used_);
  }

private:
  void grow(size_t size) {
    room_.resize(std::max(2 * room_.size(), used_ + size));
  }

  std::vector<uint8_t> room_;
  size_t used_ = 0;
};

} // namespace byollm
