// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/master_key_source.hpp"
#include "app/vault/ring_file.hpp"
#include "app/vault/secret_bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace byollm {

/// A master key of the ring: what it derives, never the key itself.
struct ring_key {
  ring_entry entry;
  /// Wraps the data keys of envelopes.
  secret_bytes wrap;
  /// Authenticates the ring file.
  secret_bytes ring;

  uint32_t version() const noexcept {
    return entry.version;
  }
};

/// The master keys of a data directory, and what `master.ring` there knows
/// about them. A ring never changes: adding or dropping a key gives another.
/// Readable from any thread.
class key_ring {
public:
  /// Reads the ring and its keys, or begins a ring if there is none. Errors:
  /// `store_unavailable` with what to do, `store_newer`, `unavailable`,
  /// `invalid_config`.
  static expected<key_ring> open(const std::filesystem::path& directory,
                                 const master_key_source& from);

  /// Returns this ring and one more key, which is the current one then; durable
  /// before this returns. Errors: `limit_exceeded` over
  /// limits::master_keys_max, `store_unavailable`, `invalid_config`.
  expected<key_ring> with_new_key(const master_key_source& from) const;

  /// Returns this ring without `version`, whose key is forgotten; durable
  /// before this returns, or at the next start. The new ring still finds it.
  /// Errors: `not_found`,
  /// `invalid_config` for the current one, `store_unavailable`.
  expected<key_ring> without(uint32_t version,
                             const master_key_source& from) const;

  /// The key that new envelopes are wrapped under.
  const ring_key& current() const noexcept {
    return *keys_.back();
  }

  /// Returns the key of `version`, also one that was dropped since `open`, or
  /// null.
  const ring_key* find(uint32_t version) const noexcept;

  /// All versions, ascending.
  std::vector<uint32_t> versions() const;

  /// The key behind the ledger's fingerprints and the seals of rows; the same
  /// for ever, whatever the master keys are.
  const secret_bytes& audit() const noexcept {
    return *audit_;
  }

private:
  using keys = std::vector<std::shared_ptr<const ring_key>>;

  key_ring(std::filesystem::path file, keys of,
           std::shared_ptr<const secret_bytes> audit)
      : file_(std::move(file)), keys_(std::move(of)), audit_(std::move(audit)) {
    // nop
  }

  static expected<key_ring> begin(const std::filesystem::path& file,
                                  const master_key_source& from);
  static expected<key_ring> load(const std::filesystem::path& file,
                                 const ring_file& ring,
                                 const master_key_source& from);
  expected<std::vector<uint8_t>> encode() const;
  status replace_on_disk(const key_ring& by) const;

  std::filesystem::path file_;
  keys keys_;
  keys dropped_;
  std::shared_ptr<const secret_bytes> audit_;
};

} // namespace byollm
