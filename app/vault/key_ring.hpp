// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "app/vault/secret_bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace byollm {

constexpr size_t master_key_bytes = 32;

/// A master key of the ring: what it derives, never the key itself.
struct ring_key {
  uint32_t version;
  secret_bytes wrap;
  secret_bytes audit;
};

/// The master keys of a data directory. `master.key` holds 32 secret bytes,
/// `master.ring` what is known about them: version, HKDF salt and a check value
/// that tells a wrong key before any data is touched.
/// Immutable after `open`; readable from any thread.
class key_ring {
public:
  /// Reads both files, or creates both if neither exists. Errors:
  /// `store_unavailable` with what to do, `store_newer`, `unavailable`.
  static expected<key_ring> open(const std::filesystem::path& directory);

  /// The key that new envelopes are wrapped under.
  const ring_key& current() const noexcept {
    return keys_.back();
  }

  /// Returns the key of `version`, or null.
  const ring_key* find(uint32_t version) const noexcept;

private:
  explicit key_ring(std::vector<ring_key> keys) : keys_(std::move(keys)) {
    // nop
  }

  std::vector<ring_key> keys_;
};

} // namespace byollm
