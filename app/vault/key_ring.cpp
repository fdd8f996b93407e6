// SPDX-License-Identifier: Apache-2.0
#include "app/vault/key_ring.hpp"

#include "app/vault/private_files.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <openssl/crypto.h>
#include <string_view>

namespace byollm {

namespace fs = std::filesystem;

namespace {

byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

auto check_of(byte_view key) {
  hmac_sha256 mac{key};
  mac.update(as_bytes("kcv"));
  auto tag = mac.finish();
  std::array<uint8_t, ring_check_bytes> result;
  std::copy_n(tag.begin(), result.size(), result.begin());
  return result;
}

sha256_digest mac_of(const ring_file& ring, const ring_key& by) {
  hmac_sha256 mac{by.ring.bytes()};
  mac.update(bytes_under_mac(ring));
  return mac.finish();
}

expected<secret_bytes> subkey(byte_view key, const ring_entry& of,
                              std::string_view purpose) {
  auto result = secret_bytes::make(aes_key_bytes);
  if (!result)
    return result;
  if (auto got = hkdf_sha256(key, of.salt, as_bytes(purpose), result->bytes());
      !got)
    return got.error();
  return result;
}

expected<std::shared_ptr<const ring_key>> derive(byte_view key,
                                                 const ring_entry& of) {
  auto wrap = subkey(key, of, "byollm/v1/wrap");
  if (!wrap)
    return wrap.error();
  auto ring = subkey(key, of, "byollm/v1/ring");
  if (!ring)
    return ring.error();
  return std::make_shared<const ring_key>(
    ring_key{of, *std::move(wrap), *std::move(ring)});
}

expected<std::shared_ptr<const ring_key>> make_key(uint32_t version,
                                                   byte_view key) {
  ring_entry entry;
  entry.version = version;
  if (auto got = random_bytes(entry.salt, false); !got)
    return got.error();
  entry.check = check_of(key);
  return derive(key, entry);
}

// Binds the wrapped audit key to the key above it.
std::vector<uint8_t> audit_associated(uint32_t version) {
  constexpr std::string_view label = "byollm-audit-v1";
  std::vector<uint8_t> result{label.begin(), label.end()};
  for (int shift = 24; shift >= 0; shift -= 8)
    result.push_back(static_cast<uint8_t>(version >> shift));
  return result;
}

std::span<const uint8_t, aes_key_bytes> as_key(const secret_bytes& key) {
  return key.bytes().first<aes_key_bytes>();
}

expected<wrapped_key> wrap_audit(const secret_bytes& audit,
                                 const ring_key& under) {
  wrapped_key result;
  if (auto got = random_bytes(result.nonce, false); !got)
    return got.error();
  if (auto got = aes_gcm_seal(as_key(under.wrap), result.nonce,
                              audit_associated(under.version()), audit.bytes(),
                              result.sealed, result.tag);
      !got)
    return got.error();
  return result;
}

failure tampered(const fs::path& file) {
  return file_failure("edited since it was written:", file, 0,
                      "restore it from a backup");
}

expected<std::shared_ptr<const secret_bytes>>
shared(expected<secret_bytes> key) {
  if (!key)
    return key.error();
  return std::make_shared<const secret_bytes>(*std::move(key));
}

expected<std::shared_ptr<const secret_bytes>>
unwrap_audit(const fs::path& file, const ring_file& ring,
             const ring_key& under) {
  auto mac = mac_of(ring, under);
  if (CRYPTO_memcmp(mac.data(), ring.mac.data(), mac.size()) != 0)
    return tampered(file);
  auto audit = secret_bytes::make(aes_key_bytes);
  if (!audit)
    return audit.error();
  if (auto got
      = aes_gcm_open(as_key(under.wrap), ring.audit->nonce,
                     audit_associated(under.version()), ring.audit->sealed,
                     ring.audit->tag, audit->bytes());
      !got)
    return tampered(file);
  return shared(std::move(audit));
}

// A new key beside an existing ring would orphan every key that is stored.
failure missing(const fs::path& file, const failure& why) {
  if (why.code != errc::not_found)
    return why;
  return file_failure("a master key of", file, 0,
                      why.detail
                        + "; restore it from a backup: the stored keys cannot "
                          "be opened without it");
}

// A retirement may have ended between the ring and the key.
void forget_retired(const ring_file& ring, const master_key_source& from) {
  auto last = ring.entries.back().version;
  auto known = [&](uint32_t version) {
    return std::ranges::any_of(ring.entries, [version](const auto& entry) {
      return entry.version == version;
    });
  };
  constexpr auto back = static_cast<uint32_t>(limits::master_keys_max);
  auto first = last > back ? last - back : uint32_t{1};
  for (auto version = first; version < last; ++version)
    if (!known(version))
      static_cast<void>(from.forget(version));
}

failure wrong_key(const fs::path& file, uint32_t version) {
  return file_failure("the master key of version " + std::to_string(version)
                        + " is not the key that belongs to",
                      file, 0, "restore the master.key that sealed this data");
}

} // namespace

expected<key_ring> key_ring::open(const fs::path& directory,
                                  const master_key_source& from) {
  auto file = directory / "master.ring";
  auto ring = read_ring_file(file);
  if (!ring && ring.error().code == errc::not_found)
    return begin(file, from);
  if (!ring)
    return ring.error();
  return load(file, *ring, from);
}

expected<key_ring> key_ring::begin(const fs::path& file,
                                   const master_key_source& from) {
  constexpr uint32_t first = 1;
  if (auto there = from.provide(first); !there)
    return there.error();
  auto key = from.read(first);
  if (!key)
    return key.error();
  auto made = make_key(first, key->bytes());
  if (!made)
    return made.error();
  auto random = secret_bytes::make(aes_key_bytes);
  if (!random)
    return random.error();
  if (auto got = random_bytes(random->bytes(), true); !got)
    return got.error();
  key_ring fresh{
    file, {*made}, std::make_shared<const secret_bytes>(*std::move(random))};
  auto content = fresh.encode();
  if (!content)
    return content.error();
  auto created = create_private_file(file, *content);
  if (!created)
    return created.error();
  if (*created)
    return fresh;
  // Another process was faster; its ring counts.
  auto theirs = read_ring_file(file);
  if (!theirs)
    return theirs.error();
  return load(file, *theirs, from);
}

expected<key_ring> key_ring::load(const fs::path& file, const ring_file& ring,
                                  const master_key_source& from) {
  keys found;
  std::shared_ptr<const secret_bytes> audit;
  for (const auto& entry : ring.entries) {
    auto key = from.read(entry.version);
    if (!key)
      return missing(file, key.error());
    auto check = check_of(key->bytes());
    if (CRYPTO_memcmp(check.data(), entry.check.data(), check.size()) != 0)
      return wrong_key(file, entry.version);
    auto derived = derive(key->bytes(), entry);
    if (!derived)
      return derived.error();
    found.push_back(*derived);
    if (ring.audit)
      continue;
    auto first = shared(subkey(key->bytes(), entry, "byollm/v1/audit-hmac"));
    if (!first)
      return first.error();
    audit = *first;
  }
  if (ring.audit) {
    auto unwrapped = unwrap_audit(file, ring, *found.back());
    if (!unwrapped)
      return unwrapped.error();
    audit = *unwrapped;
  }
  forget_retired(ring, from);
  return key_ring{file, std::move(found), std::move(audit)};
}

expected<std::vector<uint8_t>> key_ring::encode() const {
  ring_file ring;
  for (const auto& key : keys_)
    ring.entries.push_back(key->entry);
  auto audit = wrap_audit(*audit_, current());
  if (!audit)
    return audit.error();
  ring.audit = *audit;
  ring.mac = mac_of(ring, current());
  return to_bytes(ring);
}

expected<next_ring>
key_ring::with_new_key(const master_key_source& from) const {
  if (keys_.size() >= limits::master_keys_max)
    return failure{errc::limit_exceeded,
                   "the ring is full; retire old master keys first", "keys"};
  auto version = current().version() + 1;
  if (auto there = from.provide(version); !there)
    return there.error();
  auto key = from.read(version);
  if (!key)
    return key.error();
  auto made = make_key(version, key->bytes());
  if (!made)
    return made.error();
  auto result = *this;
  result.keys_.push_back(*made);
  auto file = stage(result);
  if (!file)
    return file.error();
  return next_ring{std::move(result), *std::move(file), from, std::nullopt};
}

// Only the file that this ring is: another's changes are not overwritten.
expected<staged_file> key_ring::stage(const key_ring& next) const {
  auto there = read_ring_file(file_);
  if (!there)
    return there.error();
  auto is_same = [](const ring_entry& entry, const auto& key) {
    return entry.version == key->version() && entry.salt == key->entry.salt;
  };
  if (!std::ranges::equal(there->entries, keys_, is_same))
    return file_failure("somebody else changed", file_, 0, "start again");
  auto content = next.encode();
  if (!content)
    return content.error();
  return stage_private_file(file_, *content);
}

expected<next_ring> key_ring::without(uint32_t version,
                                      const master_key_source& from) const {
  if (version == current().version())
    return failure{errc::invalid_config,
                   "the current master key cannot be retired; rotate first",
                   "version"};
  if (std::ranges::count(versions(), version) == 0)
    return failure{errc::not_found, "the ring has no such master key",
                   "version"};
  auto result = *this;
  auto is_it = [version](const auto& key) { return key->version() == version; };
  std::ranges::copy_if(keys_, std::back_inserter(result.dropped_), is_it);
  std::erase_if(result.keys_, is_it);
  auto file = stage(result);
  if (!file)
    return file.error();
  return next_ring{std::move(result), *std::move(file), from, version};
}

// First the ring: a ring that names a missing key would not open. What is not
// forgotten now is at the next start.
expected<key_ring> next_ring::keep() {
  if (auto done = file_.keep(); !done)
    return done.error();
  if (forgets_)
    static_cast<void>(from_.forget(*forgets_));
  return std::move(ring_);
}

const ring_key* key_ring::find(uint32_t version) const noexcept {
  for (const auto* some : {&keys_, &dropped_})
    for (const auto& key : *some)
      if (key->version() == version)
        return key.get();
  return nullptr;
}

std::vector<uint32_t> key_ring::versions() const {
  std::vector<uint32_t> result;
  for (const auto& key : keys_)
    result.push_back(key->version());
  return result;
}

} // namespace byollm
