// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/master_key_source.hpp"
#include "app/vault/private_files.hpp"
#include "app/vault/ring_file.hpp"
#include "app/vault/secret_bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
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

class next_ring;

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

  /// Gets this ring ready with one more key, which is the current one then; the
  /// key itself is durable when this returns, and taken up by the next try if
  /// the ring is not kept. Errors: `limit_exceeded` over
  /// limits::master_keys_max, `store_unavailable`, `invalid_config`.
  expected<next_ring> with_new_key(const master_key_source& from) const;

  /// Gets this ring ready without `version`. Errors: `not_found`,
  /// `invalid_config` for the current one, `store_unavailable`.
  expected<next_ring> without(uint32_t version,
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
  expected<staged_file> stage(const key_ring& next) const;

  std::filesystem::path file_;
  keys keys_;
  keys dropped_;
  std::shared_ptr<const secret_bytes> audit_;
};

/// A ring that is ready to take another's place, and goes with its object
/// unless it takes it.
class next_ring {
public:
  /// `forgets` is a key that the ring has no more.
  next_ring(key_ring ring, staged_file file, const master_key_source& from,
            std::optional<uint32_t> forgets)
      : ring_(std::move(ring)),
        file_(std::move(file)),
        from_(from),
        forgets_(forgets) {
    // nop
  }

  /// Takes the place on the disk, durably, and returns the ring, which still
  /// finds a key that is forgotten. Once. Errors: `store_unavailable`.
  expected<key_ring> keep();

private:
  key_ring ring_;
  staged_file file_;
  const master_key_source& from_;
  std::optional<uint32_t> forgets_;
};

} // namespace byollm
