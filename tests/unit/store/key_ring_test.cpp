// SPDX-License-Identifier: Apache-2.0
// Goal: master keys come and go, and every stored key opens meanwhile. Method:
// rings on files and from the environment, opened again after each change and
// after every interruption of one.
#include "sample.hpp"

#include "app/vault/envelope.hpp"
#include "app/vault/key_ring.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/stat.h>

using namespace byollm;
using sample::scratch;

namespace {

constexpr std::string_view secret = "canary-key-0123456789";

key_binding binding() {
  return {"acme", "ada", "anthropic", "https://api.anthropic.com:443", "key-1",
          5,      3};
}

/// A ring with its files.
struct files {
  scratch directory;
  std::unique_ptr<master_key_source> keys = master_keys_in(directory.path());

  expected<key_ring> try_open() const {
    return key_ring::open(directory.path(), *keys);
  }

  key_ring open() const {
    auto ring = try_open();
    if (!ring)
      FAIL(describe(ring.error()));
    return *std::move(ring);
  }

  bool has(std::string_view name) const {
    return std::filesystem::exists(directory / name);
  }
};

template <class T>
T must(expected<T> value) {
  if (!value)
    FAIL(describe(value.error()));
  return *std::move(value);
}

key_ring kept(expected<next_ring> next) {
  return must(must(std::move(next)).keep());
}

sealed_key seal(const key_ring& by) {
  return must(seal_envelope(by, secret, binding()));
}

bool opens(const key_ring& by, const sealed_key& sealed) {
  auto opened = open_envelope(by, sealed, binding());
  return opened
         && std::ranges::equal(opened->bytes(), secret, {}, {},
                               [](char c) { return static_cast<uint8_t>(c); });
}

std::vector<uint8_t> audit_of(const key_ring& ring) {
  auto bytes = ring.audit().bytes();
  return {bytes.begin(), bytes.end()};
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const std::filesystem::path& file, std::string_view content) {
  std::ofstream{file} << content;
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
}

} // namespace

// -- adding and retiring ------------------------------------------------------

TEST_CASE("a new master key wraps what comes after it", "[ring]") {
  files at;
  auto first = at.open();
  auto old = seal(first);
  auto second = kept(first.with_new_key(*at.keys));
  CHECK(second.versions() == std::vector<uint32_t>{1, 2});
  auto fresh = seal(second);
  CHECK(master_key_of(old.envelope) == 1);
  CHECK(master_key_of(fresh.envelope) == 2);
  for (const auto& ring : {second, at.open()}) {
    CHECK(ring.current().version() == 2);
    CHECK(opens(ring, old));
    CHECK(opens(ring, fresh));
  }
  CHECK_FALSE(opens(first, fresh));
  struct stat found = {};
  REQUIRE(::stat((at.directory / "master.2.key").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0600);
}

TEST_CASE("a rewrap changes the wrapping and nothing else", "[ring]") {
  files at;
  auto first = at.open();
  auto old = seal(first);
  auto second = kept(first.with_new_key(*at.keys));
  auto wrapped = must(rewrap_envelope(second, old, binding()));
  CHECK(master_key_of(wrapped.envelope) == 2);
  CHECK(opens(second, wrapped));
  // Magic, algorithm; key's version; and all from the data's nonce on.
  CHECK(std::ranges::equal(std::span{old.envelope}.first(5),
                           std::span{wrapped.envelope}.first(5)));
  constexpr size_t after_wrapping = 5 + 4 + 4 + 12 + 32 + 16;
  CHECK(
    std::ranges::equal(std::span{old.envelope}.subspan(after_wrapping),
                       std::span{wrapped.envelope}.subspan(after_wrapping)));
  auto other = binding();
  other.user = "eve";
  CHECK_FALSE(rewrap_envelope(second, old, other));
  for (size_t bit = 0; bit < after_wrapping * 8; ++bit) {
    auto flipped = old;
    flipped.envelope[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    INFO("bit " << bit);
    REQUIRE_FALSE(rewrap_envelope(second, flipped, binding()));
  }
}

TEST_CASE("a retired master key opens nothing after the next start", "[ring]") {
  files at;
  auto first = at.open();
  auto old = seal(first);
  auto second = kept(first.with_new_key(*at.keys));
  auto wrapped = must(rewrap_envelope(second, old, binding()));
  CHECK(second.without(2, *at.keys).error().code == errc::invalid_config);
  CHECK(second.without(3, *at.keys).error().code == errc::not_found);
  auto left = kept(second.without(1, *at.keys));
  CHECK(left.versions() == std::vector<uint32_t>{2});
  CHECK_FALSE(at.has("master.key"));
  // What turns under way still hold opens in this process.
  CHECK(opens(left, old));
  auto again = at.open();
  CHECK_FALSE(opens(again, old));
  CHECK(opens(again, wrapped));
  // A version never comes back.
  CHECK(kept(again.with_new_key(*at.keys)).current().version() == 3);
}

TEST_CASE("the audit key outlives all master keys", "[ring]") {
  files at;
  auto ring = at.open();
  auto audit = audit_of(ring);
  for (uint32_t version = 2; version < 5; ++version) {
    ring = kept(ring.with_new_key(*at.keys));
    ring = kept(ring.without(version - 1, *at.keys));
    CHECK(audit_of(ring) == audit);
    CHECK(audit_of(at.open()) == audit);
  }
}

TEST_CASE("a ring has a bound", "[ring]") {
  files at;
  auto ring = at.open();
  for (size_t i = 1; i < 64; ++i)
    ring = kept(ring.with_new_key(*at.keys));
  CHECK(ring.with_new_key(*at.keys).error().code == errc::limit_exceeded);
  CHECK(at.open().versions().size() == 64);
}

// -- interruptions ------------------------------------------------------------

TEST_CASE("a key of a rotation that stopped half-way is taken up", "[ring]") {
  files at;
  auto ring = at.open();
  REQUIRE(at.keys->provide(2)); // the key is there, the ring does not know it
  CHECK(at.open().current().version() == 1);
  auto key = read(at.directory / "master.2.key");
  CHECK(kept(at.open().with_new_key(*at.keys)).current().version() == 2);
  CHECK(read(at.directory / "master.2.key") == key);
}

TEST_CASE("a key that the ring forgot may still lie there", "[ring]") {
  files at;
  auto ring = kept(at.open().with_new_key(*at.keys));
  auto key = read(at.directory / "master.key");
  ring = kept(ring.without(1, *at.keys));
  write(at.directory / "master.key", key); // as if it stopped before the unlink
  CHECK(at.open().versions() == std::vector<uint32_t>{2});
  CHECK_FALSE(at.has("master.key"));
}

TEST_CASE("a ring that somebody else changed is not overwritten", "[ring]") {
  files at;
  auto ours = at.open();
  auto theirs = kept(at.open().with_new_key(*at.keys));
  auto sealed = seal(theirs);
  CHECK(ours.with_new_key(*at.keys).error().code == errc::store_unavailable);
  CHECK(opens(at.open(), sealed));
  kept(at.open().without(1, *at.keys));
  CHECK(theirs.without(1, *at.keys).error().code == errc::store_unavailable);
}

TEST_CASE("a missing key of the ring is refused with a remedy", "[ring]") {
  files at;
  kept(at.open().with_new_key(*at.keys));
  for (auto name : {"master.key", "master.2.key"}) {
    auto key = read(at.directory / name);
    std::filesystem::remove(at.directory / name);
    auto refused = at.try_open();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::store_unavailable);
    CHECK(refused.error().detail.find("restore it") != std::string::npos);
    write(at.directory / name, key);
  }
  at.open();
}

// -- the ring's file ----------------------------------------------------------

TEST_CASE("every flipped bit of the ring file is refused", "[ring]") {
  files at;
  kept(at.open().with_new_key(*at.keys));
  auto file = at.directory / "master.ring";
  auto whole = read(file);
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    write(file, flipped);
    INFO("bit " << bit);
    REQUIRE_FALSE(at.try_open());
  }
  write(file, whole);
  at.open();
}

TEST_CASE("a ring file that is cut or lengthened is refused", "[ring]") {
  files at;
  at.open();
  auto file = at.directory / "master.ring";
  auto whole = read(file);
  for (size_t size = 0; size < whole.size(); ++size) {
    write(file, whole.substr(0, size));
    REQUIRE_FALSE(at.try_open());
  }
  write(file, whole + '\0');
  CHECK_FALSE(at.try_open());
}

TEST_CASE("an older ring put back is refused once its key is gone", "[ring]") {
  files at;
  auto ring = at.open();
  auto old = read(at.directory / "master.ring");
  ring = kept(ring.with_new_key(*at.keys));
  kept(ring.without(1, *at.keys));
  write(at.directory / "master.ring", old);
  CHECK_FALSE(at.try_open());
}

TEST_CASE("a ring of the first format keeps its audit key", "[ring]") {
  files at;
  std::string key(32, 'k'), salt(16, 's');
  auto bytes = [](const std::string& text) {
    return byte_view{reinterpret_cast<const uint8_t*>(text.data()),
                     text.size()};
  };
  hmac_sha256 check{bytes(key)};
  check.update(bytes("kcv"));
  auto tag = check.finish();
  std::string ring = "BYLR\1";
  ring.append({0, 0, 0, 1, 0, 0, 0, 1});
  ring += salt + std::string{tag.begin(), tag.begin() + 8};
  write(at.directory / "master.key", key);
  write(at.directory / "master.ring", ring);
  std::vector<uint8_t> audit(32);
  REQUIRE(
    hkdf_sha256(bytes(key), bytes(salt), bytes("byollm/v1/audit-hmac"), audit));
  auto opened = at.open();
  CHECK(audit_of(opened) == audit);
  auto sealed = seal(opened);
  kept(opened.with_new_key(*at.keys));
  CHECK(audit_of(at.open()) == audit);
  CHECK(opens(at.open(), sealed));
}
