// SPDX-License-Identifier: Apache-2.0
// Goal: our wrappers compute what the standards say, also where the larger
// vector files are not at hand. Method: one published answer per algorithm
// (FIPS 180-4, RFC 4231, RFC 5869, the GCM specification), and what must be
// refused.
#include "app/ledger/row.hpp"
#include "app/vault/crypto.hpp"
#include "app/vault/entered_key.hpp"
#include "app/vault/secret_bytes.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <string_view>
#include <vector>

using namespace byollm;

namespace {

byte_view bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

} // namespace

TEST_CASE("SHA-256 gives the standard's digests, one after the other",
          "[crypto]") {
  sha256_hasher sha;
  for (int i = 0; i < 2; ++i) {
    sha.update(bytes_of("ab"));
    sha.update(bytes_of("c"));
    CHECK(to_hex(sha.finish())
          == "ba7816bf8f01cfea414140de5dae2223"
             "b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha.finish())
          == "e3b0c44298fc1c149afbf4c8996fb924"
             "27ae41e4649b934ca495991b7852b855");
  }
}

TEST_CASE("HMAC-SHA256 gives RFC 4231's tags, one after the other",
          "[crypto]") {
  hmac_sha256 mac{bytes_of("Jefe")};
  for (int i = 0; i < 2; ++i) {
    mac.update(bytes_of("what do ya want "));
    mac.update(bytes_of("for nothing?"));
    CHECK(to_hex(mac.finish())
          == "5bdcc146bf60754e6a042426089575c7"
             "5a003f089d2739839dec58b964ec3843");
  }
}

TEST_CASE("an empty HMAC key is a key", "[crypto]") {
  hmac_sha256 mac{{}};
  CHECK(to_hex(mac.finish())
        == "b613679a0814d9ec772f95d778c35fc5"
           "ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("HKDF-SHA256 gives RFC 5869's first output", "[crypto]") {
  std::vector<uint8_t> key(22, 0x0b);
  std::vector<uint8_t> salt, info;
  for (uint8_t i = 0; i <= 12; ++i)
    salt.push_back(i);
  for (int i = 0xf0; i <= 0xf9; ++i)
    info.push_back(static_cast<uint8_t>(i));
  std::vector<uint8_t> out(42);
  REQUIRE(hkdf_sha256(key, salt, info, out));
  CHECK(to_hex(out)
        == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
           "34007208d5b887185865");
  out.resize(255 * 32 + 1);
  CHECK_FALSE(hkdf_sha256(key, salt, info, out));
}

TEST_CASE("AES-256-GCM gives the specification's test case 14", "[crypto]") {
  std::array<uint8_t, aes_key_bytes> key = {};
  std::array<uint8_t, gcm_nonce_bytes> nonce = {};
  std::array<uint8_t, gcm_tag_bytes> tag;
  std::vector<uint8_t> plain(16), sealed(16), opened(16, 1);
  REQUIRE(aes_gcm_seal(key, nonce, {}, plain, sealed, tag));
  CHECK(to_hex(sealed) == "cea7403d4d606b6e074ec5d3baf39d18");
  CHECK(to_hex(tag) == "d0d1c8a799996bf0265b98b5d48ab919");
  REQUIRE(aes_gcm_open(key, nonce, {}, sealed, tag, opened));
  CHECK(opened == plain);
}

TEST_CASE("a failed AES-256-GCM opening leaves no plaintext", "[crypto]") {
  std::array<uint8_t, aes_key_bytes> key = {1};
  std::array<uint8_t, gcm_nonce_bytes> nonce = {2};
  std::array<uint8_t, gcm_tag_bytes> tag;
  std::vector<uint8_t> plain(40, 'k'), sealed(40), opened(40, 'x');
  REQUIRE(aes_gcm_seal(key, nonce, {}, plain, sealed, tag));
  tag[15] ^= 1;
  auto result = aes_gcm_open(key, nonce, {}, sealed, tag, opened);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == errc::secret_integrity);
  CHECK(std::ranges::all_of(opened, [](uint8_t byte) { return byte == 0; }));
}

TEST_CASE("secrets move, and never to two places", "[crypto]") {
  auto made = secret_bytes::copy_of(bytes_of("hush"));
  REQUIRE(made);
  auto first = *std::move(made);
  auto second = std::move(first);
  CHECK(first.bytes().empty());
  CHECK(std::ranges::equal(second.bytes(), bytes_of("hush")));
}

TEST_CASE("used-up locked memory is an error, not ordinary memory",
          "[crypto]") {
  std::vector<secret_bytes> held;
  for (;;) {
    auto more = secret_bytes::make(64u << 10);
    if (!more) {
      CHECK(more.error().code == errc::unavailable);
      break;
    }
    held.push_back(*std::move(more));
    REQUIRE(held.size() < 1'000);
  }
  held.clear();
  CHECK(secret_bytes::make(64u << 10));
}

TEST_CASE("entered keys leave locked memory for others", "[crypto]") {
  std::vector<std::shared_ptr<const opened_key>> held;
  auto longest = std::string(limits::key_bytes_max, 'k');
  for (;;) {
    auto more = lock_entered_key(longest);
    if (!more) {
      CHECK(more.error().code == errc::overloaded);
      break;
    }
    CHECK((*more)->bytes() == longest);
    held.push_back(*std::move(more));
    REQUIRE(held.size() < 1'000);
  }
  CHECK(held.size() == limits::entered_keys_max);
  CHECK(secret_bytes::make(512u << 10));
  held.pop_back();
  CHECK(lock_entered_key("short"));
}

TEST_CASE("an entered key is locked away whatever its size, or refused",
          "[crypto]") {
  auto none = lock_entered_key("");
  REQUIRE(none);
  CHECK((*none)->bytes().empty());
  CHECK(CRYPTO_secure_allocated((*lock_entered_key("k"))->bytes().data()));
  auto endless = lock_entered_key(std::string(limits::key_bytes_max + 1, 'k'));
  REQUIRE_FALSE(endless);
  CHECK(endless.error().code == errc::invalid_key);
  CHECK(endless.error().parameter == "key");
}
