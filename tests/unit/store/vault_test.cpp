// SPDX-License-Identifier: Apache-2.0
// Goal: a sealed key opens for exactly what it was sealed for, once per ticket.
// Method: flip every bit, swap every binding field.
#include "sample.hpp"

#include "app/vault/envelope.hpp"
#include "app/vault/vault.hpp"
#include "tests/support/test_receipt_office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <openssl/crypto.h>
#include <optional>
#include <thread>

using namespace byollm;
using sample::scratch;

namespace {

constexpr std::string_view secret = "canary-key-0123456789";

key_binding binding() {
  return {"acme", "ada", "anthropic", "https://api.anthropic.com:443", "key-1",
          5,      3};
}

std::unique_ptr<vault> open(const scratch& directory) {
  auto opened = open_vault({directory.path()});
  if (!opened)
    FAIL(describe(opened.error()));
  return *std::move(opened);
}

key_ring open_ring(const scratch& directory) {
  auto ring
    = key_ring::open(directory.path(), *master_keys_in(directory.path()));
  REQUIRE(ring);
  return *std::move(ring);
}

sealed_key seal(vault& by, const key_binding& to = binding()) {
  auto sealed = by.seal(secret, to);
  REQUIRE(sealed);
  return *std::move(sealed);
}

lease_ticket_ptr ticket(sealed_key sealed) {
  return test_receipt_office::ticket(
    sample::user_target(std::make_shared<const sealed_key>(std::move(sealed))),
    test_receipt_office::receipt("call-1"));
}

/// A host that has its own secret store.
struct host_keys : credential_source {
  status open(const key_binding& wanted,
              const std::function<void(std::string_view)>& use) override {
    asked_for = wanted.key_id;
    if (gives)
      use(key);
    if (throws)
      throw 7; // what is no std::exception
    if (fails)
      return failure{errc::not_found, "no such key"};
    return unit{};
  }

  std::string key = "from-the-host";
  std::string asked_for;
  bool gives = true;
  bool fails = false;
  bool throws = false;
};

} // namespace

TEST_CASE("a sealed key opens for its ticket, once", "[vault]") {
  scratch directory;
  auto vault = open(directory);
  auto lease = ticket(seal(*vault));
  {
    auto key = vault->redeem(*lease);
    REQUIRE(key);
    CHECK(key->bytes() == secret);
    CHECK(CRYPTO_secure_allocated(key->bytes().data()));
  }
  auto again = vault->redeem(*lease);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::unavailable);
}

TEST_CASE("a ticket that is out opens nothing once its key is revoked",
          "[vault]") {
  scratch directory;
  auto vault = open(directory);
  auto lease = ticket(seal(*vault));
  vault->revoke("another-key", every_key_version);
  CHECK(vault->redeem(*ticket(seal(*vault))));
  const auto& binding = lease->target()->binding();
  vault->revoke(binding.key_id, binding.key_version - 1);
  CHECK(vault->redeem(*ticket(seal(*vault))));
  vault->revoke(binding.key_id, binding.key_version);
  // What was said last is not what counts.
  vault->revoke(binding.key_id, 0);
  auto key = vault->redeem(*lease);
  REQUIRE_FALSE(key);
  CHECK(key.error().code == errc::config_changed);
}

TEST_CASE("of many redemptions of one ticket one succeeds", "[vault]") {
  scratch directory;
  auto vault = open(directory);
  auto lease = ticket(seal(*vault));
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { opened += bool{vault->redeem(*lease)}; });
  for (auto& thread : threads)
    thread.join();
  CHECK(opened == 1);
}

TEST_CASE("a target without a key gives an empty key", "[vault]") {
  scratch directory;
  auto vault = open(directory);
  auto lease = test_receipt_office::ticket(
    sample::user_target(), test_receipt_office::receipt("call-1"));
  auto key = vault->redeem(*lease);
  REQUIRE(key);
  CHECK(key->bytes().empty());
}

TEST_CASE("the same key sealed twice gives two envelopes", "[vault]") {
  scratch directory;
  auto vault = open(directory);
  auto first = seal(*vault);
  CHECK(first.envelope.size() == secret.size() + envelope_overhead_bytes);
  CHECK(first.envelope != seal(*vault).envelope);
  std::string bytes{first.envelope.begin(), first.envelope.end()};
  CHECK(std::string_view{bytes}.find("canary") == std::string_view::npos);
}

TEST_CASE("keys of every length up to the limit open again", "[vault]") {
  scratch directory;
  auto ring = open_ring(directory);
  for (size_t size : {0, 1, 15, 16, 17, 100, 4'096}) {
    std::string key(size, 'k');
    auto sealed = seal_envelope(ring, key, binding());
    REQUIRE(sealed);
    auto opened = open_envelope(ring, *sealed, binding());
    REQUIRE(opened);
    CHECK(std::string{opened->bytes().begin(), opened->bytes().end()} == key);
  }
  CHECK(seal_envelope(ring, std::string(4'097, 'k'), binding()).error().code
        == errc::limit_exceeded);
}

TEST_CASE("every flipped bit of an envelope is refused", "[vault]") {
  scratch directory;
  auto ring = open_ring(directory);
  auto sealed = seal_envelope(ring, secret, binding());
  REQUIRE(sealed);
  for (size_t bit = 0; bit < sealed->envelope.size() * 8; ++bit) {
    auto flipped = *sealed;
    flipped.envelope[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    auto opened = open_envelope(ring, flipped, binding());
    INFO("bit " << bit);
    REQUIRE_FALSE(opened);
    REQUIRE(opened.error().code == errc::secret_integrity);
  }
}

TEST_CASE("an envelope that is cut or lengthened is refused", "[vault]") {
  scratch directory;
  auto ring = open_ring(directory);
  auto sealed = seal_envelope(ring, secret, binding());
  REQUIRE(sealed);
  for (size_t size = 0; size < sealed->envelope.size(); ++size) {
    sealed_key cut{{sealed->envelope.begin(),
                    sealed->envelope.begin() + static_cast<ptrdiff_t>(size)}};
    REQUIRE_FALSE(open_envelope(ring, cut, binding()));
  }
  sealed->envelope.push_back(0);
  CHECK_FALSE(open_envelope(ring, *sealed, binding()));
}

TEST_CASE("an envelope moved to any other binding is refused", "[vault]") {
  scratch directory;
  auto ring = open_ring(directory);
  auto sealed = seal_envelope(ring, secret, binding());
  REQUIRE(sealed);
  REQUIRE(open_envelope(ring, *sealed, binding()));
  std::vector<key_binding> others(8, binding());
  others[0].tenant = "evil";
  others[1].user = "eve";
  others[2].provider = "openai";
  others[3].origin = "https://api.anthropic.com:8443";
  others[4].key_id = "key-2";
  others[5].row_version = 4;
  others[6].key_version = 2;
  // The same letters, cut elsewhere.
  others[7].tenant = "acmea";
  others[7].user = "da";
  for (const auto& other : others) {
    auto opened = open_envelope(ring, *sealed, other);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::secret_integrity);
  }
}

TEST_CASE("an envelope does not open under another master key", "[vault]") {
  scratch first, second;
  auto sealed = seal_envelope(open_ring(first), secret, binding());
  REQUIRE(sealed);
  auto opened = open_envelope(open_ring(second), *sealed, binding());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::secret_integrity);
}

TEST_CASE("a vault that is opened again opens what it sealed before",
          "[vault]") {
  scratch directory;
  auto sealed = seal(*open(directory));
  auto key = open(directory)->redeem(*ticket(sealed));
  REQUIRE(key);
  CHECK(key->bytes() == secret);
}

TEST_CASE("the audit subkey is stable and is not the wrapping key", "[vault]") {
  scratch directory;
  auto first = open(directory)->audit_subkey();
  auto second = open(directory)->audit_subkey();
  REQUIRE(first);
  REQUIRE(second);
  auto ring = open_ring(directory);
  CHECK(std::ranges::equal(first->bytes(), second->bytes()));
  CHECK_FALSE(std::ranges::equal(first->bytes(), ring.current().wrap.bytes()));
}

// -- the host's own secret store ----------------------------------------------

TEST_CASE("the host's secret store is asked instead of the envelope",
          "[vault]") {
  scratch directory;
  auto keys = std::make_shared<host_keys>();
  auto vault = open_vault({directory.path(), keys});
  REQUIRE(vault);
  SECTION("and its key is copied into locked memory") {
    auto key = (*vault)->redeem(*ticket({{1, 2, 3}}));
    REQUIRE(key);
    CHECK(key->bytes() == "from-the-host");
    CHECK(key->bytes().data() != keys->key.data());
    CHECK(CRYPTO_secure_allocated(key->bytes().data()));
    CHECK(keys->asked_for == "key-1");
  }
  SECTION("and a failure of it is a failure, whatever it passed on") {
    keys->fails = true;
    CHECK((*vault)->redeem(*ticket({{1}})).error().code == errc::not_found);
  }
  SECTION("and what it throws is a failure, whatever that is") {
    keys->throws = true;
    std::optional<expected<opened_key>> key;
    CHECK_NOTHROW(key.emplace((*vault)->redeem(*ticket({{1}}))));
    REQUIRE(key);
    CHECK(key->error().code == errc::unavailable);
  }
  SECTION("also if nothing of the key is here") {
    auto key = (*vault)->redeem(*ticket({}));
    REQUIRE(key);
    CHECK(key->bytes() == "from-the-host");
  }
  SECTION("and success without a key is a failure") {
    keys->gives = false;
    CHECK((*vault)->redeem(*ticket({{1}})).error().code == errc::unavailable);
  }
  SECTION("and a key over the limit is refused") {
    keys->key.assign(4'097, 'k');
    CHECK((*vault)->redeem(*ticket({{1}})).error().code == errc::invalid_key);
  }
}

TEST_CASE("a key that the host was to open opens nowhere without its store",
          "[vault]") {
  scratch directory;
  auto key = open(directory)->redeem(*ticket({}));
  REQUIRE_FALSE(key);
  CHECK(key.error().code == errc::secret_integrity);
}
