// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/secret_bytes.hpp"
#include "messages/ports/host.hpp"
#include "messages/ports/vault.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace byollm {

/// The embedded secret store: seals keys under the data directory's master keys
/// and opens them, one redeemed ticket at a time, into locked memory.
/// Thread-safe.
class vault : public key_vault, public master_key_vault {
public:
  /// Returns a copy of the key for the ledger's prompt fingerprints. Errors:
  /// `unavailable`.
  virtual expected<secret_bytes> audit_subkey() const = 0;
};

struct vault_options {
  /// Created on first use, with a master key (mode 0600).
  std::filesystem::path data_directory = {};
  /// The host's own secret store: asked for every key that a target has,
  /// instead of opening its envelope. Null for none.
  std::shared_ptr<credential_source> keys = {};
  /// The environment variable that has the master keys, instead of files; not
  /// looked at if it is not set. Empty for none.
  std::string master_key_variable = {};
};

/// Errors: `store_unavailable` with what to do, `store_newer`, `unavailable`,
/// `invalid_config`.
expected<std::unique_ptr<vault>> open_vault(vault_options options);

} // namespace byollm
