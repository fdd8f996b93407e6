// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace byollm {

/// Bytes in OpenSSL's secure heap: locked, left out of core dumps, wiped when
/// they die. Move-only, no printable form.
class secret_bytes {
public:
  /// Returns `size` bytes of secure heap, zeroed. Errors: `unavailable` if the
  /// secure heap is used up or could not be set up.
  static expected<secret_bytes> make(size_t size);

  /// Returns a copy of `from` in the secure heap.
  static expected<secret_bytes> copy_of(std::span<const uint8_t> from);

  secret_bytes(secret_bytes&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)),
        size_(std::exchange(other.size_, 0)) {
    // nop
  }

  secret_bytes& operator=(secret_bytes&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }

  secret_bytes(const secret_bytes&) = delete;
  secret_bytes& operator=(const secret_bytes&) = delete;

  ~secret_bytes();

  std::span<uint8_t> bytes() noexcept {
    return {bytes_, size_};
  }

  std::span<const uint8_t> bytes() const noexcept {
    return {bytes_, size_};
  }

  /// Gives up ownership: the caller must pass the bytes to `wipe_secret`.
  char* release() noexcept;

private:
  secret_bytes(uint8_t* bytes, size_t size) noexcept
      : bytes_(bytes), size_(size) {
    // nop
  }

  uint8_t* bytes_;
  size_t size_;
};

/// Clears and frees bytes that `secret_bytes::release` gave away.
void wipe_secret(char* bytes, size_t size) noexcept;

/// Returns whether the secure heap is in place and locked into memory. It is
/// not locked where the process may not lock memory (RLIMIT_MEMLOCK). Thread:
/// any; sets the heap up on first use unless the host did.
bool secure_heap_is_locked() noexcept;

} // namespace byollm
