// SPDX-License-Identifier: Apache-2.0
#include "app/access/access_keys.hpp"

#include <openssl/crypto.h>

#include <string>

namespace byollm {

namespace {

byte_view bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

expected<secret_bytes> derive(byte_view from, std::string_view use) {
  auto key = secret_bytes::make(sizeof(sha256_digest));
  if (!key)
    return key.error();
  auto done = hkdf_sha256(from, {}, bytes_of(use), key->bytes());
  if (!done)
    return done.error();
  return key;
}

} // namespace

expected<access_keys> access_keys::make(byte_view audit_key) {
  auto root = derive(audit_key, "byollm access 1");
  if (!root)
    return root.error();
  return access_keys{*std::move(root)};
}

expected<sha256_digest> access_keys::tag(std::string_view use,
                                         byte_view bytes) const {
  auto key = derive(root_.bytes(), use);
  if (!key)
    return key.error();
  hmac_sha256 mac{key->bytes()};
  mac.update(bytes);
  return mac.finish();
}

expected<sha256_digest> access_keys::digest_of(std::string_view token) const {
  return tag("service token", bytes_of(token));
}

expected<sha256_digest> access_keys::seal_of(byte_view fields) const {
  return tag("service token row", fields);
}

expected<sha256_digest> access_keys::sign(uint32_t generation,
                                          std::string_view payload) const {
  return tag("call token " + std::to_string(generation), bytes_of(payload));
}

bool is_same(const sha256_digest& one, const sha256_digest& other) noexcept {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace byollm
