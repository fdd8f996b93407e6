// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/signing_key.hpp"

#include "app/vault/private_files.hpp"
#include "app/vault/secret_bytes.hpp"

#include <algorithm>

namespace byollm {

namespace fs = std::filesystem;

namespace {

// A few keys of rotations; nobody's file is longer.
constexpr size_t public_file_bytes_max = 64u << 10;

expected<secret_bytes> read_seed(const fs::path& file) {
  auto seed = secret_bytes::make(ed25519_seed_bytes);
  if (!seed)
    return seed;
  if (auto got = read_private_file(file, seed->bytes()); !got)
    return got.error();
  return seed;
}

// A new key beside an old public one would make the old checkpoints strangers.
expected<secret_bytes> make_seed(const fs::path& file, const fs::path& pub) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(pub, error)))
    return failure{errc::store_corrupt,
                   "ledger.key is missing beside ledger.pub; restore it from a "
                   "backup, or move ledger.pub away to sign with a new key"};
  auto seed = secret_bytes::make(ed25519_seed_bytes);
  if (!seed)
    return seed;
  if (auto got = random_bytes(seed->bytes(), true); !got)
    return got.error();
  if (auto made = create_private_file(file, seed->bytes()); !made)
    return made.error();
  return read_seed(file);
}

} // namespace

expected<ledger_signer> open_signer(const fs::path& directory,
                                    std::string_view ledger_id) {
  auto key_file = directory / "ledger.key";
  auto pub_file = directory / "ledger.pub";
  auto seed = read_seed(key_file);
  if (!seed && seed.error().code == errc::not_found)
    seed = make_seed(key_file, pub_file);
  if (!seed)
    return seed.error();
  auto key
    = ed25519_key::make(std::span{seed->bytes()}.first<ed25519_seed_bytes>());
  if (!key)
    return key.error();
  note_key own{origin_of(ledger_id), key->public_key()};
  auto known = read_known_keys(directory);
  if (!known && known.error().code == errc::not_found) {
    auto line = own.vkey() + "\n";
    if (auto made = create_private_file(pub_file, as_bytes(line)); !made)
      return made.error();
    known = read_known_keys(directory);
  }
  if (!known)
    return known.error();
  if (std::ranges::find(*known, own) == known->end())
    return failure{errc::store_corrupt,
                   "ledger.pub is not of this ledger.key and byollm.db; "
                   "restore them together, or move ledger.pub away to begin "
                   "anew"};
  return ledger_signer{own.name, *std::move(key), *std::move(known)};
}

expected<std::vector<note_key>> read_known_keys(const fs::path& directory) {
  auto file = directory / "ledger.pub";
  auto text = read_private_text(file, public_file_bytes_max);
  if (!text)
    return text.error();
  auto keys = read_vkeys(*text);
  if (!keys)
    return failure{errc::store_corrupt, "ledger.pub: " + keys.error().detail};
  return keys;
}

} // namespace byollm
