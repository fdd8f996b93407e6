// SPDX-License-Identifier: Apache-2.0
#include "app/vault/key_ring.hpp"

#include "app/vault/private_files.hpp"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <optional>
#include <string_view>

namespace byollm {

namespace fs = std::filesystem;

namespace {

// master.ring: "BYLR" | format u8 | count u32be | count x (version u32be |
// salt[16] | check[8])
constexpr std::array<uint8_t, 4> ring_magic = {'B', 'Y', 'L', 'R'};
constexpr uint8_t ring_format = 1;
constexpr size_t salt_bytes = 16;
constexpr size_t check_bytes = 8;
constexpr size_t ring_head_bytes = 9;
constexpr size_t ring_bytes = ring_head_bytes + 4 + salt_bytes + check_bytes;

using ring_file = std::array<uint8_t, ring_bytes>;
using check_value = std::array<uint8_t, check_bytes>;

byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

check_value check_of(byte_view key) {
  hmac_sha256 mac{key};
  mac.update(as_bytes("kcv"));
  auto tag = mac.finish();
  check_value result;
  std::copy_n(tag.begin(), check_bytes, result.begin());
  return result;
}

expected<secret_bytes> read_master_key(const fs::path& file) {
  auto key = secret_bytes::make(master_key_bytes);
  if (!key)
    return key;
  if (auto got = read_private_file(file, key->bytes()); !got)
    return got.error();
  return key;
}

expected<ring_file> make_ring(byte_view key) {
  ring_file ring = {};
  auto at = std::copy(ring_magic.begin(), ring_magic.end(), ring.begin());
  *at++ = ring_format;
  at += 3;
  *at++ = 1; // count
  at += 3;
  *at++ = 1; // version
  auto salt = std::span{ring}.subspan(ring_head_bytes + 4, salt_bytes);
  if (auto got = random_bytes(salt, false); !got)
    return got.error();
  auto check = check_of(key);
  std::copy(check.begin(), check.end(), at + salt_bytes);
  return ring;
}

status check_ring(const fs::path& file, const ring_file& ring, byte_view key) {
  if (!std::equal(ring_magic.begin(), ring_magic.end(), ring.begin()))
    return file_failure("not a key ring:", file, 0, "restore it from a backup");
  constexpr std::array<uint8_t, 5> known = {ring_format, 0, 0, 0, 1};
  if (!std::equal(known.begin(), known.end(), ring.begin() + 4))
    return failure{errc::store_newer, "a newer version wrote " + file.string()};
  auto check = check_of(key);
  if (CRYPTO_memcmp(check.data(), ring.data() + ring_bytes - check_bytes,
                    check_bytes)
      != 0)
    return file_failure("master.key is not the key that belongs to", file, 0,
                        "restore the master.key that sealed this data");
  return unit{};
}

expected<ring_key> derive(const ring_file& ring, byte_view key) {
  auto salt = std::span{ring}.subspan(ring_head_bytes + 4, salt_bytes);
  auto wrap = secret_bytes::make(aes_key_bytes);
  auto audit = secret_bytes::make(aes_key_bytes);
  if (!wrap)
    return wrap.error();
  if (!audit)
    return audit.error();
  if (auto got
      = hkdf_sha256(key, salt, as_bytes("byollm/v1/wrap"), wrap->bytes());
      !got)
    return got.error();
  if (auto got = hkdf_sha256(key, salt, as_bytes("byollm/v1/audit-hmac"),
                             audit->bytes());
      !got)
    return got.error();
  uint32_t version = 0;
  for (auto byte : std::span{ring}.subspan(ring_head_bytes, 4))
    version = version << 8 | byte;
  return ring_key{version, *std::move(wrap), *std::move(audit)};
}

// A new key beside an existing ring would orphan every key that is stored.
status create_master_key(const fs::path& file, const fs::path& ring) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(ring, error)))
    return file_failure("missing:", file, 0,
                        "restore it from a backup; the stored keys cannot be "
                        "opened without it");
  auto key = secret_bytes::make(master_key_bytes);
  if (!key)
    return key.error();
  if (auto got = random_bytes(key->bytes(), true); !got)
    return got;
  auto created = create_private_file(file, key->bytes());
  if (!created)
    return created.error();
  return unit{};
}

expected<ring_file> read_or_make_ring(const fs::path& file, byte_view key) {
  ring_file ring;
  auto got = read_private_file(file, ring);
  if (got)
    return ring;
  if (got.error().code != errc::not_found)
    return got.error();
  auto fresh = make_ring(key);
  if (!fresh)
    return fresh;
  auto created = create_private_file(file, *fresh);
  if (!created)
    return created.error();
  if (*created)
    return fresh;
  // Another process was faster; its ring counts.
  if (got = read_private_file(file, ring); !got)
    return got.error();
  return ring;
}

} // namespace

expected<key_ring> key_ring::open(const fs::path& directory) {
  auto key_file = directory / "master.key";
  auto ring_path = directory / "master.ring";
  auto key = read_master_key(key_file);
  if (!key && key.error().code == errc::not_found) {
    if (auto made = create_master_key(key_file, ring_path); !made)
      return made.error();
    key = read_master_key(key_file);
  }
  if (!key)
    return key.error();
  auto ring = read_or_make_ring(ring_path, key->bytes());
  if (!ring)
    return ring.error();
  if (auto fine = check_ring(ring_path, *ring, key->bytes()); !fine)
    return fine.error();
  auto derived = derive(*ring, key->bytes());
  if (!derived)
    return derived.error();
  std::vector<ring_key> keys;
  keys.push_back(*std::move(derived));
  return key_ring{std::move(keys)};
}

const ring_key* key_ring::find(uint32_t version) const noexcept {
  auto found
    = std::find_if(keys_.begin(), keys_.end(), [version](const ring_key& key) {
        return key.version == version;
      });
  return found == keys_.end() ? nullptr : &*found;
}

} // namespace byollm
