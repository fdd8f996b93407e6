// SPDX-License-Identifier: Apache-2.0
#include "app/vault/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <climits>
#include <stdexcept>

namespace byollm {

namespace {

// Fetched once and kept: an implicit fetch per operation is what makes OpenSSL
// 3 slow. They live as long as the process, like OpenSSL itself.
const EVP_MD* sha256_algorithm() {
  static const auto* kept = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kept;
}

EVP_MAC* hmac_algorithm() {
  static auto* kept = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return kept;
}

EVP_KDF* hkdf_algorithm() {
  static auto* kept = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  return kept;
}

const EVP_CIPHER* gcm_algorithm() {
  static const auto* kept = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return kept;
}

struct cipher_deleter {
  void operator()(EVP_CIPHER_CTX* ctx) const noexcept {
    EVP_CIPHER_CTX_free(ctx);
  }
};

using cipher_ptr = std::unique_ptr<EVP_CIPHER_CTX, cipher_deleter>;

struct kdf_deleter {
  void operator()(EVP_KDF_CTX* ctx) const noexcept {
    EVP_KDF_CTX_free(ctx);
  }
};

[[noreturn]] void broken(const char* what) {
  ERR_clear_error();
  throw std::runtime_error(what);
}

// OpenSSL's own error texts are dropped: they may quote what we passed in.
failure unavailable(const char* what) {
  ERR_clear_error();
  return {errc::unavailable, what};
}

OSSL_PARAM octets(const char* name, byte_view bytes) {
  // To OpenSSL a null pointer is a missing value, not an empty one. It takes
  // inputs by non-const pointer and does not write to them.
  static const uint8_t nothing = 0;
  auto* data = bytes.empty() ? &nothing : bytes.data();
  return OSSL_PARAM_construct_octet_string(name, const_cast<uint8_t*>(data),
                                           bytes.size());
}

OSSL_PARAM sha256_param() {
  static char name[] = "SHA256";
  return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
}

bool fits_int(size_t size) {
  return size <= INT_MAX;
}

} // namespace

// -- SHA-256 ------------------------------------------------------------------

void sha256_hasher::deleter::operator()(evp_md_ctx_st* ctx) const noexcept {
  EVP_MD_CTX_free(ctx);
}

sha256_hasher::sha256_hasher() : ctx_(EVP_MD_CTX_new()) {
  if (!ctx_ || EVP_DigestInit_ex2(ctx_.get(), sha256_algorithm(), nullptr) != 1)
    broken("OpenSSL offers no SHA-256");
}

void sha256_hasher::update(byte_view bytes) {
  if (EVP_DigestUpdate(ctx_.get(), bytes.data(), bytes.size()) != 1)
    broken("SHA-256 failed");
}

sha256_digest sha256_hasher::finish() {
  sha256_digest result;
  if (EVP_DigestFinal_ex(ctx_.get(), result.data(), nullptr) != 1
      || EVP_DigestInit_ex2(ctx_.get(), nullptr, nullptr) != 1)
    broken("SHA-256 failed");
  return result;
}

// -- HMAC-SHA256 --------------------------------------------------------------

void hmac_sha256::deleter::operator()(evp_mac_ctx_st* ctx) const noexcept {
  EVP_MAC_CTX_free(ctx);
}

hmac_sha256::hmac_sha256(byte_view key)
    : ctx_(EVP_MAC_CTX_new(hmac_algorithm())) {
  OSSL_PARAM params[] = {sha256_param(), OSSL_PARAM_construct_end()};
  // A null key would mean "the key from before", which an empty one is not.
  static const uint8_t nothing = 0;
  auto* bytes = key.empty() ? &nothing : key.data();
  if (!ctx_ || EVP_MAC_init(ctx_.get(), bytes, key.size(), params) != 1)
    broken("OpenSSL offers no HMAC-SHA256");
}

void hmac_sha256::update(byte_view bytes) {
  if (EVP_MAC_update(ctx_.get(), bytes.data(), bytes.size()) != 1)
    broken("HMAC-SHA256 failed");
}

sha256_digest hmac_sha256::finish() {
  sha256_digest result;
  size_t size = 0;
  if (EVP_MAC_final(ctx_.get(), result.data(), &size, result.size()) != 1
      || size != result.size()
      || EVP_MAC_init(ctx_.get(), nullptr, 0, nullptr) != 1)
    broken("HMAC-SHA256 failed");
  return result;
}

// -- HKDF-SHA256 --------------------------------------------------------------

status hkdf_sha256(byte_view key, byte_view salt, byte_view info,
                   std::span<uint8_t> out) {
  std::unique_ptr<EVP_KDF_CTX, kdf_deleter> ctx{
    EVP_KDF_CTX_new(hkdf_algorithm())};
  OSSL_PARAM params[]
    = {sha256_param(), octets(OSSL_KDF_PARAM_KEY, key),
       octets(OSSL_KDF_PARAM_SALT, salt), octets(OSSL_KDF_PARAM_INFO, info),
       OSSL_PARAM_construct_end()};
  if (!ctx || EVP_KDF_derive(ctx.get(), out.data(), out.size(), params) != 1)
    return unavailable("a subkey could not be derived");
  return unit{};
}

// -- AES-256-GCM --------------------------------------------------------------

// A context is made for each operation and freed, which wipes the key schedule
// inside it. Keeping contexts would save 0.3 us a call and leave data keys in
// ordinary memory.

status aes_gcm_seal(std::span<const uint8_t, aes_key_bytes> key,
                    std::span<const uint8_t, gcm_nonce_bytes> nonce,
                    byte_view associated, byte_view plain,
                    std::span<uint8_t> sealed,
                    std::span<uint8_t, gcm_tag_bytes> tag) {
  cipher_ptr ctx{EVP_CIPHER_CTX_new()};
  if (!ctx || sealed.size() != plain.size() || !fits_int(plain.size())
      || !fits_int(associated.size()))
    return unavailable("sealing could not begin");
  int written = 0;
  auto* raw = ctx.get();
  if (EVP_EncryptInit_ex2(raw, gcm_algorithm(), key.data(), nonce.data(),
                          nullptr)
        != 1
      || EVP_EncryptUpdate(raw, nullptr, &written, associated.data(),
                           static_cast<int>(associated.size()))
           != 1
      || EVP_EncryptUpdate(raw, sealed.data(), &written, plain.data(),
                           static_cast<int>(plain.size()))
           != 1
      || EVP_EncryptFinal_ex(raw, sealed.data() + sealed.size(), &written) != 1
      || EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_GET_TAG, gcm_tag_bytes,
                             tag.data())
           != 1)
    return unavailable("sealing failed");
  return unit{};
}

status aes_gcm_open(std::span<const uint8_t, aes_key_bytes> key,
                    std::span<const uint8_t, gcm_nonce_bytes> nonce,
                    byte_view associated, byte_view sealed,
                    std::span<const uint8_t, gcm_tag_bytes> tag,
                    std::span<uint8_t> plain) {
  cipher_ptr ctx{EVP_CIPHER_CTX_new()};
  if (!ctx || sealed.size() != plain.size() || !fits_int(sealed.size())
      || !fits_int(associated.size()))
    return unavailable("opening could not begin");
  int written = 0;
  auto* raw = ctx.get();
  auto* tag_bytes = const_cast<uint8_t*>(tag.data());
  if (EVP_DecryptInit_ex2(raw, gcm_algorithm(), key.data(), nonce.data(),
                          nullptr)
        == 1
      && EVP_DecryptUpdate(raw, nullptr, &written, associated.data(),
                           static_cast<int>(associated.size()))
           == 1
      && EVP_DecryptUpdate(raw, plain.data(), &written, sealed.data(),
                           static_cast<int>(sealed.size()))
           == 1
      && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG, gcm_tag_bytes,
                             tag_bytes)
           == 1
      && EVP_DecryptFinal_ex(raw, plain.data() + plain.size(), &written) == 1)
    return unit{};
  // The plaintext was written before the tag was checked.
  OPENSSL_cleanse(plain.data(), plain.size());
  ERR_clear_error();
  return failure{errc::secret_integrity, "the stored key does not open"};
}

// -- randomness ---------------------------------------------------------------

status random_bytes(std::span<uint8_t> out, bool for_secrets) {
  auto fill = for_secrets ? RAND_priv_bytes : RAND_bytes;
  if (!fits_int(out.size())
      || fill(out.data(), static_cast<int>(out.size())) != 1)
    return unavailable("OpenSSL's random generator failed");
  return unit{};
}

} // namespace byollm
