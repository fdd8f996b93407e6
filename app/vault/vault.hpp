// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/secret_bytes.hpp"
#include "messages/ports/host.hpp"
#include "messages/ports/vault.hpp"

#include <filesystem>
#include <memory>

namespace byollm {

/// The embedded secret store: seals keys under the data directory's master key
/// and opens them, one redeemed ticket at a time, into locked memory.
/// Thread-safe; touches no file after it was opened.
class vault : public key_vault {
public:
  /// Returns a copy of the subkey for the ledger's prompt fingerprints. Errors:
  /// `unavailable`.
  virtual expected<secret_bytes> audit_subkey() const = 0;
};

/// Opens the vault of `data_directory`; on first use creates the directory and
/// a master key (mode 0600). With `keys`, the host's own secret store is asked
/// for every key that a target has, instead of opening its envelope. Errors:
/// `store_unavailable` with what to do, `store_newer`, `unavailable`.
expected<std::unique_ptr<vault>>
open_vault(const std::filesystem::path& data_directory,
           std::shared_ptr<credential_source> keys = nullptr);

} // namespace byollm
