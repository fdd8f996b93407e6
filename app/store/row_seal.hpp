// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "app/vault/crypto.hpp"
#include "messages/ports/store.hpp"

#include <string_view>

namespace byollm {

/// Tells whether the stored LLM settings are, all together, those that we wrote
/// last. Each row has a keyed tag over all its columns but the envelope, which
/// is bound to the row by itself; the seal holds how many rows there are, the
/// tags' sum (XOR), and up to which record of the ledger they are current,
/// under a MAC. An old row put back, a row edited, added or deleted behind our
/// back breaks it; an older set of rows with its seal is older than a change in
/// the ledger. Not thread-safe.
class row_seal {
public:
  /// `key` is the store's fingerprint key; the seal's own is derived from it.
  static expected<row_seal> open(database& db, byte_view key);

  struct content {
    int64_t rows = 0;
    sha256_digest sum = {};
    /// No record of the ledger up to this one knows more than the rows.
    uint64_t covered = 0;
  };

  /// Returns the MAC that is stored with a row and tells whether it was edited.
  /// Not the tag, which nobody may know: sums of tags could be made up.
  sha256_digest mac_of(std::string_view slot, const stored_user_config& row);

  /// Adds or takes away a row.
  void count(content& in, std::string_view slot, const stored_user_config& row,
             bool is_there);

  /// Reads the seal; nothing if there is none, or if it is not ours.
  expected<std::optional<content>> load();

  /// Writes the seal; in the caller's transaction.
  status save(const content& what);

  /// Returns whether the store says that it was never sealed: an older version
  /// wrote it. Whoever rewrites the database can make it say so.
  expected<bool> is_fresh();

private:
  row_seal(byte_view tag_key, byte_view row_key, byte_view seal_key)
      : tag_(tag_key), row_(row_key), mac_(seal_key) {
    // nop
  }

  sha256_digest mac_of(const content& what);

  hmac_sha256 tag_;
  hmac_sha256 row_;
  hmac_sha256 mac_;
  statement load_;
  statement save_;
};

} // namespace byollm
