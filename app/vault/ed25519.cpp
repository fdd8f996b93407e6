// SPDX-License-Identifier: Apache-2.0
#include "app/vault/ed25519.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

namespace byollm {

namespace {

struct context_deleter {
  void operator()(EVP_MD_CTX* ctx) const noexcept {
    EVP_MD_CTX_free(ctx);
  }
};

using context_ptr = std::unique_ptr<EVP_MD_CTX, context_deleter>;

// OpenSSL's own error texts are dropped: they may quote what we passed in.
failure unavailable(const char* what) {
  ERR_clear_error();
  return {errc::unavailable, what};
}

} // namespace

void ed25519_key::deleter::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}

expected<ed25519_key>
ed25519_key::make(std::span<const uint8_t, ed25519_seed_bytes> seed) {
  ed25519_key result;
  result.key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                                 seed.data(), seed.size()));
  auto size = result.public_.size();
  if (!result.key_
      || EVP_PKEY_get_raw_public_key(result.key_.get(), result.public_.data(),
                                     &size)
           != 1
      || size != result.public_.size())
    return unavailable("OpenSSL takes no Ed25519 key");
  return result;
}

// Ed25519 has no digest of its own choice and no update: one shot.
expected<ed25519_signature> ed25519_key::sign(byte_view message) const {
  context_ptr ctx{EVP_MD_CTX_new()};
  ed25519_signature result;
  auto size = result.size();
  if (!ctx
      || EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, key_.get())
           != 1
      || EVP_DigestSign(ctx.get(), result.data(), &size, message.data(),
                        message.size())
           != 1
      || size != result.size())
    return unavailable("signing failed");
  return result;
}

bool ed25519_verify(const ed25519_public& key, byte_view message,
                    const ed25519_signature& signature) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> raw{
    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(),
                                key.size()),
    EVP_PKEY_free};
  context_ptr ctx{EVP_MD_CTX_new()};
  auto fine
    = raw && ctx
      && EVP_DigestVerifyInit(ctx.get(), nullptr, nullptr, nullptr, raw.get())
           == 1
      && EVP_DigestVerify(ctx.get(), signature.data(), signature.size(),
                          message.data(), message.size())
           == 1;
  ERR_clear_error();
  return fine;
}

} // namespace byollm
