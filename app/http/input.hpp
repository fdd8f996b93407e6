// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace byollm::http {

/// What a connection's socket gave and nobody has parsed. Wipes what was: it
/// may have been a key. Has memory only while there is something: most
/// connections wait for an answer, or for nothing.
class input {
public:
  input() = default;
  input(const input&) = delete;
  input& operator=(const input&) = delete;

  ~input() {
    wipe(begin_, end_);
  }

  /// Returns whether there is no room.
  bool is_full() const noexcept {
    return end_ - begin_ == limits::http_read_buffer_bytes;
  }

  /// Returns room for the next bytes; empty if all is full. `unread` moves.
  std::span<char> room() {
    if (!bytes_)
      bytes_ = std::make_unique_for_overwrite<buffer>();
    if (begin_ > 0) {
      auto size = end_ - begin_;
      std::memmove(bytes_->data(), bytes_->data() + begin_, size);
      wipe(size, end_);
      begin_ = 0;
      end_ = size;
    }
    return std::span{*bytes_}.subspan(end_);
  }

  void filled(size_t count) noexcept {
    end_ += count;
  }

  std::string_view unread() const noexcept {
    if (!bytes_)
      return {};
    return {bytes_->data() + begin_, end_ - begin_};
  }

  /// Leaves the last `count` bytes.
  void keep(size_t count) noexcept {
    auto begin = end_ - count;
    wipe(begin_, begin);
    begin_ = begin;
    if (count > 0)
      return;
    begin_ = end_ = 0;
    bytes_.reset();
  }

private:
  using buffer = std::array<char, limits::http_read_buffer_bytes>;

  void wipe(size_t from, size_t to) noexcept {
    if (from < to)
      OPENSSL_cleanse(bytes_->data() + from, to - from);
  }

  std::unique_ptr<buffer> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

} // namespace byollm::http
