// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace byollm::http {

/// What a connection's socket gave and nobody has parsed. Wipes what was: it
/// may have been a key.
class input {
public:
  input() = default;
  input(const input&) = delete;
  input& operator=(const input&) = delete;

  ~input() {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
  }

  /// Returns room for the next bytes; empty if all is full. `unread` moves.
  std::span<char> room() noexcept {
    if (begin_ > 0) {
      auto size = end_ - begin_;
      std::memmove(bytes_.data(), bytes_.data() + begin_, size);
      OPENSSL_cleanse(bytes_.data() + size, begin_);
      begin_ = 0;
      end_ = size;
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
    auto begin = end_ - count;
    OPENSSL_cleanse(bytes_.data() + begin_, begin - begin_);
    begin_ = begin;
    if (count == 0)
      begin_ = end_ = 0;
  }

private:
  std::array<char, limits::http_read_buffer_bytes> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

} // namespace byollm::http
