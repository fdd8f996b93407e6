// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/checkpoint.hpp"

#include <filesystem>

namespace byollm {

/// What signs a ledger's checkpoints, and what verifies them.
struct ledger_signer {
  std::string origin;
  ed25519_key key;
  /// The public keys of `ledger.pub`; the key's own is one of them.
  std::vector<note_key> known;
};

/// Opens `ledger.key` (32 secret bytes) and `ledger.pub` (vkey lines) of a data
/// directory, or makes what is missing on the first start. Neither is ever
/// overwritten. Errors: `store_corrupt` if they do not belong together or to
/// the ledger `ledger_id`, `store_unavailable`. Blocks on files.
expected<ledger_signer> open_signer(const std::filesystem::path& directory,
                                    std::string_view ledger_id);

/// Reads the public keys of `ledger.pub`. Errors: `not_found`,
/// `invalid_config`, `store_unavailable`. Blocks on files.
expected<std::vector<note_key>>
read_known_keys(const std::filesystem::path& directory);

} // namespace byollm
