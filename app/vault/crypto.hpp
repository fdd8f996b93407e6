// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct evp_md_ctx_st;
struct evp_mac_ctx_st;

namespace byollm {

using byte_view = std::span<const uint8_t>;
using sha256_digest = std::array<uint8_t, 32>;

constexpr size_t aes_key_bytes = 32;
constexpr size_t gcm_nonce_bytes = 12;
/// The one tag length we know: OpenSSL verifies shorter tags if one lets it.
constexpr size_t gcm_tag_bytes = 16;

/// Computes SHA-256 digests one after the other on one kept context.
/// Throws `std::runtime_error` if OpenSSL itself is broken. Not thread-safe.
class sha256_hasher {
public:
  sha256_hasher();

  /// Adds to the message.
  void update(byte_view bytes);

  /// Returns the digest and starts the next message.
  sha256_digest finish();

private:
  struct deleter {
    void operator()(evp_md_ctx_st* ctx) const noexcept;
  };

  std::unique_ptr<evp_md_ctx_st, deleter> ctx_;
};

/// Computes HMAC-SHA256 tags under one key on one kept context.
/// Throws `std::runtime_error` if OpenSSL itself is broken. Not thread-safe.
class hmac_sha256 {
public:
  /// The key's bytes are not needed after this returns.
  explicit hmac_sha256(byte_view key);

  /// Adds to the message.
  void update(byte_view bytes);

  /// Returns the tag and starts the next message.
  sha256_digest finish();

private:
  struct deleter {
    void operator()(evp_mac_ctx_st* ctx) const noexcept;
  };

  std::unique_ptr<evp_mac_ctx_st, deleter> ctx_;
};

/// Fills `out` with HKDF-SHA256 output. Errors: `unavailable`, also for more
/// than 255 * 32 bytes.
status hkdf_sha256(byte_view key, byte_view salt, byte_view info,
                   std::span<uint8_t> out);

/// Encrypts with AES-256-GCM; `sealed` must be as long as `plain`. Errors:
/// `unavailable`. Thread: any.
status aes_gcm_seal(std::span<const uint8_t, aes_key_bytes> key,
                    std::span<const uint8_t, gcm_nonce_bytes> nonce,
                    byte_view associated, byte_view plain,
                    std::span<uint8_t> sealed,
                    std::span<uint8_t, gcm_tag_bytes> tag);

/// Decrypts with AES-256-GCM; `plain` must be as long as `sealed`. On failure
/// `plain` is wiped. Errors: `secret_integrity`, `unavailable`. Thread: any.
status aes_gcm_open(std::span<const uint8_t, aes_key_bytes> key,
                    std::span<const uint8_t, gcm_nonce_bytes> nonce,
                    byte_view associated, byte_view sealed,
                    std::span<const uint8_t, gcm_tag_bytes> tag,
                    std::span<uint8_t> plain);

/// Fills `out` from OpenSSL's generator; `for_secrets` takes the private one.
status random_bytes(std::span<uint8_t> out, bool for_secrets);

} // namespace byollm
