// SPDX-License-Identifier: Apache-2.0
#include "app/access/access_keys.hpp"

#include <openssl/crypto.h>

#include <array>
#include <mutex>
#include <string>
#include <utility>

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

sha256_digest tag(const secret_bytes& key, byte_view bytes) {
  hmac_sha256 mac{key.bytes()};
  mac.update(bytes);
  return mac.finish();
}

} // namespace

// A context of OpenSSL takes longer to make than to use, and each
// request of a client is looked up by a digest.
class access_keys::digester {
public:
  explicit digester(const secret_bytes& key) : mac_(key.bytes()) {
    // nop
  }

  sha256_digest of(byte_view bytes) {
    std::lock_guard guard{mutex_};
    mac_.update(bytes);
    return mac_.finish();
  }

private:
  std::mutex mutex_;
  hmac_sha256 mac_;
};

// The keys of the two generations that are in use, made when they are asked
// for.
class access_keys::signers {
public:
  using key_ptr = std::shared_ptr<const secret_bytes>;

  explicit signers(secret_bytes root) : root_(std::move(root)) {
    // nop
  }

  expected<key_ptr> of(uint32_t generation) {
    std::lock_guard guard{mutex_};
    for (const auto& [number, key] : kept_)
      if (key && number == generation)
        return key;
    auto made
      = derive(root_.bytes(), "call token " + std::to_string(generation));
    if (!made)
      return made.error();
    std::swap(kept_.front(), kept_.back());
    kept_.front()
      = {generation, std::make_shared<const secret_bytes>(*std::move(made))};
    return kept_.front().second;
  }

private:
  const secret_bytes root_;
  std::mutex mutex_;
  std::array<std::pair<uint32_t, key_ptr>, 2> kept_;
};

expected<access_keys> access_keys::make(byte_view audit_key) {
  auto root = derive(audit_key, "byollm access 1");
  if (!root)
    return root.error();
  auto tokens = derive(root->bytes(), "service token");
  if (!tokens)
    return tokens.error();
  auto rows = derive(root->bytes(), "service token row");
  if (!rows)
    return rows.error();
  return access_keys{std::make_shared<digester>(*tokens), *std::move(rows),
                     std::make_shared<signers>(*std::move(root))};
}

expected<sha256_digest> access_keys::digest_of(std::string_view token) const {
  return digests_->of(bytes_of(token));
}

expected<sha256_digest> access_keys::seal_of(byte_view fields) const {
  return tag(rows_, fields);
}

expected<sha256_digest> access_keys::sign(uint32_t generation,
                                          std::string_view payload) const {
  auto key = calls_->of(generation);
  if (!key)
    return key.error();
  return tag(**key, bytes_of(payload));
}

bool is_same(const sha256_digest& one, const sha256_digest& other) noexcept {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace byollm
