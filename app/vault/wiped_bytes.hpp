// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/crypto.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace byollm {

/// Wipes memory before it goes back, also when a vector grows.
template <class T>
struct wiping_allocator {
  using value_type = T;

  wiping_allocator() = default;

  template <class Other>
  wiping_allocator(const wiping_allocator<Other>&) noexcept {
    // nop
  }

  T* allocate(size_t count) {
    return std::allocator<T>{}.allocate(count);
  }

  void deallocate(T* bytes, size_t count) noexcept {
    OPENSSL_cleanse(bytes, count * sizeof(T));
    std::allocator<T>{}.deallocate(bytes, count);
  }

  bool operator==(const wiping_allocator&) const noexcept = default;
};

/// Bytes that may hold a key, in ordinary memory. A vector, because a string
/// keeps short texts inside itself, where no allocator wipes them.
using wiped_bytes = std::vector<char, wiping_allocator<char>>;

inline std::string_view view(const wiped_bytes& bytes) noexcept {
  return {bytes.data(), bytes.size()};
}

inline void append(wiped_bytes& to, std::string_view bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

} // namespace byollm
