// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/note.hpp"
#include "app/ledger/tree.hpp"

namespace byollm {

/// A tree head in a log's name: what a checkpoint (c2sp.org/tlog-checkpoint)
/// says.
struct checkpoint {
  std::string origin;
  tree_head head = {};

  bool operator==(const checkpoint&) const = default;
};

/// Returns the origin, and so the key name, of the ledger with this id.
std::string origin_of(std::string_view ledger_id);

/// Returns the signed note that says `what`. Errors: `unavailable`.
expected<std::string> sign_checkpoint(const checkpoint& what,
                                      const ed25519_key& by);

/// Reads a checkpoint that a known key signed in its own name. Strict: no
/// extension lines, since a log of ours has none.
std::optional<checkpoint> open_checkpoint(std::string_view note,
                                          std::span<const note_key> known);

/// Returns the line that stands for `note` in an anchor file, without newline:
/// origin, size, root and signature. `note` must be one of our own making.
std::string anchor_line(std::string_view note);

/// Reads an anchor: the last four words of a line, if they name a known key's
/// log and are signed by it. Anything else is no anchor.
std::optional<checkpoint> open_anchor(std::string_view line,
                                      std::span<const note_key> known);

/// Reads a decimal number without sign and leading zeros.
std::optional<uint64_t> read_decimal(std::string_view text);

} // namespace byollm
