// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace byollm::http {

/// What a connection's socket gave and nobody has parsed.
class input {
public:
  /// Returns room for the next bytes; empty if all is full. `unread` moves.
  std::span<char> room() noexcept {
    if (begin_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    return std::span{bytes_}.subspan(end_);
  }

  void filled(size_t count) noexcept {
    end_ += count;
  }

  std::string_view unread() const noexcept {
    return {bytes_.data() + begin_, end_ - begin_};
  }

  /// Leaves the last `count` bytes.
  void keep(size_t count) noexcept {
    begin_ = end_ - count;
    if (count == 0)
      begin_ = end_ = 0;
  }

private:
  std::array<char, limits::http_read_buffer_bytes> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

} // namespace byollm::http
