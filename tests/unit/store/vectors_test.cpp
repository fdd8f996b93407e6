// SPDX-License-Identifier: Apache-2.0
// Goal: our wrappers agree with Wycheproof, which collects what implementations
// got wrong. Method: every vector of the sizes we use, sealed and opened. The
// files lie beside the checkout, not in it; without them this says so and
// stops.
#include "app/vault/crypto.hpp"
#include "app/vault/ed25519.hpp"

#include <catch2/catch.hpp>

#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace byollm;

namespace {

using bytes = std::vector<uint8_t>;

std::optional<rapidjson::Document> load(const std::string& name) {
  std::ifstream file{std::string{BYOLLM_WYCHEPROOF} + "/" + name};
  if (!file) {
    WARN("skipped: there is no " << name << " in " << BYOLLM_WYCHEPROOF);
    return std::nullopt;
  }
  rapidjson::IStreamWrapper stream{file};
  rapidjson::Document result;
  result.ParseStream(stream);
  REQUIRE_FALSE(result.HasParseError());
  return result;
}

bytes hex(const rapidjson::Value& test, const char* name) {
  std::string text = test[name].GetString();
  bytes result;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    result.push_back(
      static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return result;
}

bool is_valid(const rapidjson::Value& test) {
  return std::string{test["result"].GetString()} != "invalid";
}

template <size_t Size>
std::span<const uint8_t, Size> fixed(const bytes& from) {
  REQUIRE(from.size() == Size);
  return std::span{from}.first<Size>();
}

void check_gcm(const rapidjson::Value& test) {
  auto key = hex(test, "key"), nonce = hex(test, "iv"), aad = hex(test, "aad");
  auto plain = hex(test, "msg"), sealed = hex(test, "ct");
  auto tag = hex(test, "tag");
  bytes opened(sealed.size());
  auto result
    = aes_gcm_open(fixed<aes_key_bytes>(key), fixed<gcm_nonce_bytes>(nonce),
                   aad, sealed, fixed<gcm_tag_bytes>(tag), opened);
  CHECK(bool{result} == is_valid(test));
  CHECK((opened == plain || !is_valid(test)));
  if (!is_valid(test))
    return;
  bytes again(plain.size());
  std::array<uint8_t, gcm_tag_bytes> made;
  REQUIRE(aes_gcm_seal(fixed<aes_key_bytes>(key), fixed<gcm_nonce_bytes>(nonce),
                       aad, plain, again, made));
  CHECK(again == sealed);
  CHECK(std::ranges::equal(made, tag));
}

void check_hkdf(const rapidjson::Value& test) {
  bytes out(test["size"].GetUint());
  auto done
    = hkdf_sha256(hex(test, "ikm"), hex(test, "salt"), hex(test, "info"), out);
  CHECK(bool{done} == is_valid(test));
  CHECK((out == hex(test, "okm") || !is_valid(test)));
}

void check_hmac(const rapidjson::Value& test) {
  hmac_sha256 mac{hex(test, "key")};
  mac.update(hex(test, "msg"));
  auto made = mac.finish();
  auto tag = hex(test, "tag");
  REQUIRE(tag.size() <= made.size());
  CHECK(std::equal(tag.begin(), tag.end(), made.begin()) == is_valid(test));
}

// The key stands with the group, not with the test.
void check_ed25519(const bytes& key, const rapidjson::Value& test) {
  auto message = hex(test, "msg"), signature = hex(test, "sig");
  ed25519_public known;
  REQUIRE(key.size() == known.size());
  std::ranges::copy(key, known.begin());
  ed25519_signature fixed_size = {};
  // A signature of another length never gets as far as OpenSSL.
  if (signature.size() != fixed_size.size()) {
    CHECK_FALSE(is_valid(test));
    return;
  }
  std::ranges::copy(signature, fixed_size.begin());
  CHECK(ed25519_verify(known, message, fixed_size) == is_valid(test));
}

// Runs `check` over the tests of all groups that `wanted` picks; returns how
// many.
template <class Wanted, class Check>
size_t run(const rapidjson::Document& file, Wanted wanted, Check check) {
  size_t count = 0;
  for (const auto& group : file["testGroups"].GetArray()) {
    if (!wanted(group))
      continue;
    for (const auto& test : group["tests"].GetArray()) {
      INFO("tcId " << test["tcId"].GetInt());
      check(test);
      ++count;
    }
  }
  return count;
}

} // namespace

TEST_CASE("AES-256-GCM agrees with Wycheproof", "[crypto]") {
  auto file = load("aes_gcm_test.json");
  if (!file)
    return;
  auto ours = [](const rapidjson::Value& group) {
    return group["keySize"].GetInt() == 256 && group["ivSize"].GetInt() == 96
           && group["tagSize"].GetInt() == 128;
  };
  CHECK(run(*file, ours, check_gcm) >= 60);
}

TEST_CASE("HKDF-SHA256 agrees with Wycheproof", "[crypto]") {
  auto file = load("hkdf_sha256_test.json");
  if (!file)
    return;
  auto all = [](const rapidjson::Value&) { return true; };
  CHECK(run(*file, all, check_hkdf) >= 80);
}

TEST_CASE("HMAC-SHA256 agrees with Wycheproof", "[crypto]") {
  auto file = load("hmac_sha256_test.json");
  if (!file)
    return;
  auto all = [](const rapidjson::Value&) { return true; };
  CHECK(run(*file, all, check_hmac) >= 170);
}

TEST_CASE("Ed25519 agrees with Wycheproof", "[crypto]") {
  auto file = load("ed25519_test.json");
  if (!file)
    return;
  size_t count = 0;
  for (const auto& group : (*file)["testGroups"].GetArray())
    for (const auto& test : group["tests"].GetArray()) {
      INFO("tcId " << test["tcId"].GetInt());
      check_ed25519(hex(group["publicKey"], "pk"), test);
      ++count;
    }
  CHECK(count >= 150);
}
