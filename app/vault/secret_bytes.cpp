// SPDX-License-Identifier: Apache-2.0
#include "app/vault/secret_bytes.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace byollm {

namespace {

constexpr size_t heap_bytes = 1u << 20;
constexpr size_t heap_chunk_bytes_min = 64;

enum class heap_state { missing, unlocked, locked };

heap_state set_up_heap() noexcept {
  // A host that links OpenSSL too may have been first; its heap serves us both.
  if (CRYPTO_secure_malloc_initialized())
    return heap_state::locked;
  switch (CRYPTO_secure_malloc_init(heap_bytes, heap_chunk_bytes_min)) {
  case 1:
    return heap_state::locked;
  case 2:
    return heap_state::unlocked;
  default:
    return heap_state::missing;
  }
}

heap_state heap() noexcept {
  static const auto state = set_up_heap();
  return state;
}

failure no_memory() {
  return {errc::unavailable, "the locked memory for keys is used up"};
}

} // namespace

expected<secret_bytes> secret_bytes::make(size_t size) {
  if (heap() == heap_state::missing)
    return failure{errc::unavailable,
                   "locked memory for keys cannot be set up"};
  auto* bytes
    = static_cast<uint8_t*>(OPENSSL_secure_zalloc(std::max(size, 1ul)));
  if (!bytes)
    return no_memory();
  // Without a secure heap OpenSSL hands out ordinary memory and says nothing.
  if (!CRYPTO_secure_allocated(bytes)) {
    OPENSSL_secure_clear_free(bytes, size);
    return failure{errc::unavailable, "locked memory for keys is not in place"};
  }
  return secret_bytes{bytes, size};
}

expected<secret_bytes> secret_bytes::copy_of(std::span<const uint8_t> from) {
  auto copy = make(from.size());
  if (copy)
    std::copy(from.begin(), from.end(), copy->bytes().begin());
  return copy;
}

secret_bytes::~secret_bytes() {
  OPENSSL_secure_clear_free(bytes_, size_);
}

char* secret_bytes::release() noexcept {
  size_ = 0;
  return reinterpret_cast<char*>(std::exchange(bytes_, nullptr));
}

void wipe_secret(char* bytes, size_t size) noexcept {
  OPENSSL_secure_clear_free(bytes, size);
}

bool secure_heap_is_locked() noexcept {
  return heap() == heap_state::locked;
}

} // namespace byollm
