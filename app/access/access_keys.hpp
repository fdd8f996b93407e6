// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "app/vault/secret_bytes.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace byollm {

/// Keys for tokens, each derived from the ring's audit key for one use, so that
/// none is stored. Deriving one costs four times as much as using it: those in
/// use are kept in the secure heap, but for the one of digests. That is in a
/// context of OpenSSL's, in ordinary memory: what it opens is nothing, as long
/// as tokens are random. Thread-safe.
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
  class digester;
  class signers;

  access_keys(std::shared_ptr<digester> digests, secret_bytes rows,
              std::shared_ptr<signers> calls)
      : digests_(std::move(digests)),
        rows_(std::move(rows)),
        calls_(std::move(calls)) {
    // nop
  }

  std::shared_ptr<digester> digests_;
  secret_bytes rows_;
  std::shared_ptr<signers> calls_;
};

/// Compares in a time that depends on nothing.
bool is_same(const sha256_digest& one, const sha256_digest& other) noexcept;

} // namespace byollm
