// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace byollm {

// master.ring: "BYLR" | format u8 | count u32be | count x (version u32be |
// salt[16] | check[8]), and since format 2: nonce[12] | audit key wrapped under
// the last key[32] | tag[16] | mac[32] by the last key over all before it

constexpr size_t ring_salt_bytes = 16;
constexpr size_t ring_check_bytes = 8;

/// What the ring file knows of one master key.
struct ring_entry {
  uint32_t version = 0;
  std::array<uint8_t, ring_salt_bytes> salt = {};
  /// Tells a wrong key before any data is touched.
  std::array<uint8_t, ring_check_bytes> check = {};
};

/// A key that is wrapped under the ring's last key.
struct wrapped_key {
  std::array<uint8_t, gcm_nonce_bytes> nonce = {};
  std::array<uint8_t, aes_key_bytes> sealed = {};
  std::array<uint8_t, gcm_tag_bytes> tag = {};
};

/// The content of `master.ring`; holds no secret.
struct ring_file {
  /// Ascending by version; the last is the one that is used for new keys.
  std::vector<ring_entry> entries = {};
  /// Nothing in format 1, where the audit key follows from the only key.
  std::optional<wrapped_key> audit = {};
  sha256_digest mac = {};
};

/// Returns the file's bytes before the mac, format 2; `audit` must be there.
std::vector<uint8_t> bytes_under_mac(const ring_file& ring);

/// Returns the whole file.
std::vector<uint8_t> to_bytes(const ring_file& ring);

/// Reads a ring file. Errors: `not_found`, `store_newer`, `store_unavailable`.
expected<ring_file> read_ring_file(const std::filesystem::path& file);

} // namespace byollm
