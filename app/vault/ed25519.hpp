// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

struct evp_pkey_st;

namespace byollm {

constexpr size_t ed25519_seed_bytes = 32;

using ed25519_public = std::array<uint8_t, 32>;
using ed25519_signature = std::array<uint8_t, 64>;

/// A private key of Ed25519 (RFC 8032), in OpenSSL's secure heap. Immutable;
/// signs from any thread.
class ed25519_key {
public:
  /// The seed's bytes are not needed afterwards. Errors: `unavailable`.
  static expected<ed25519_key>
  make(std::span<const uint8_t, ed25519_seed_bytes> seed);

  const ed25519_public& public_key() const noexcept {
    return public_;
  }

  /// Errors: `unavailable`.
  expected<ed25519_signature> sign(byte_view message) const;

private:
  struct deleter {
    void operator()(evp_pkey_st* key) const noexcept;
  };

  std::unique_ptr<evp_pkey_st, deleter> key_;
  ed25519_public public_ = {};
};

/// Returns whether `signature` is that of `message` by `key`. Thread: any.
bool ed25519_verify(const ed25519_public& key, byte_view message,
                    const ed25519_signature& signature);

} // namespace byollm
