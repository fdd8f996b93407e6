// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/secret_bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace byollm {

constexpr size_t master_key_bytes = 32;

/// Where the master keys come from, by version. Not thread-safe.
class master_key_source {
public:
  virtual ~master_key_source() = default;

  /// Returns a master key. Errors: `not_found`, `store_unavailable` with what
  /// to do.
  virtual expected<secret_bytes> read(uint32_t version) const = 0;

  /// Makes sure that there is a key `version`: durable before this returns.
  /// What is there already stays. Errors: `store_unavailable`, or
  /// `invalid_config` if somebody else has to provide it.
  virtual status provide(uint32_t version) const = 0;

  /// Removes a key that nothing needs any more. Errors: `store_unavailable`.
  virtual status forget(uint32_t version) const = 0;
};

/// Keys in private files: `master.key` is version 1, `master.N.key` version N.
std::unique_ptr<master_key_source>
master_keys_in(const std::filesystem::path& directory);

/// Keys of an environment variable, which is read once, wiped in place and
/// unset: 64 hex digits for version 1, or `N:` and 64 hex digits for each
/// version, with commas between them. Null if it is not set or empty. Errors:
/// `invalid_config` without a byte of it, also if this process read it before
/// and it was not set again. Thread: one while no other touches
/// the environment.
expected<std::unique_ptr<master_key_source>>
master_keys_from_environment(const std::string& variable);

} // namespace byollm
