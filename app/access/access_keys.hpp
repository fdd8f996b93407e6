// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "app/vault/secret_bytes.hpp"

#include <string_view>

namespace byollm {

/// Keys for tokens, each derived from the ring's audit key for one use, so that
/// none lies anywhere. Thread-safe.
class access_keys {
public:
  /// Errors: `unavailable`.
  static expected<access_keys> make(byte_view audit_key);

  /// Returns what is stored of a service token.
  expected<sha256_digest> digest_of(std::string_view token) const;

  /// Returns the seal over a stored token's fields.
  expected<sha256_digest> seal_of(byte_view fields) const;

  /// Signs a call token's payload with the secret of a generation.
  expected<sha256_digest> sign(uint32_t generation,
                               std::string_view payload) const;

private:
  explicit access_keys(secret_bytes root) : root_(std::move(root)) {
    // nop
  }

  expected<sha256_digest> tag(std::string_view use, byte_view bytes) const;

  secret_bytes root_;
};

/// Compares in a time that depends on nothing.
bool is_same(const sha256_digest& one, const sha256_digest& other) noexcept;

} // namespace byollm
