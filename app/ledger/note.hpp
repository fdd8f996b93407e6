// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/ed25519.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// A public key that signs C2SP notes (c2sp.org/signed-note), under a name.
struct note_key {
  std::string name;
  ed25519_public key = {};

  /// The first 4 bytes of SHA-256(name || 0x0A || 0x01 || key).
  std::array<uint8_t, 4> id() const;

  /// Returns the key as a vkey line, without the newline.
  std::string vkey() const;

  bool operator==(const note_key&) const = default;
};

/// Reads a vkey line. Strict: the key id must be the key's.
std::optional<note_key> read_vkey(std::string_view line);

/// Reads a file of vkey lines. Errors: `invalid_config` if a line is none, or
/// if there is none.
expected<std::vector<note_key>> read_vkeys(std::string_view text);

/// Returns the note that `by` makes of `text`, which ends with a newline.
/// Errors: `unavailable`.
expected<std::string> sign_note(std::string_view text, const std::string& name,
                                const ed25519_key& by);

/// Returns a note's text if a known key signed it, and no signature of a known
/// key is wrong. Signatures of others are not looked at, as long as they have
/// the form. The result views `note`.
std::optional<std::string_view> open_note(std::string_view note,
                                          std::span<const note_key> known);

/// Takes a line off the front of `rest`, without its newline; nothing if no
/// newline is left.
std::optional<std::string_view> take_line(std::string_view& rest);

inline byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

} // namespace byollm
