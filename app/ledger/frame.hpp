// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"

#include <optional>

namespace byollm {

// What a verifier must know of a record, and no more: later versions may add
// fields, and an old verifier still says whether they are those that were
// signed.

/// Returns the number that a framed public part carries; nothing if it is not
/// framed: version, type, number, fields with ascending public tags.
std::optional<uint64_t> framed_seq(byte_view public_part) noexcept;

/// Returns whether a payload is framed: salt, fields with ascending payload
/// tags.
bool is_framed_payload(byte_view salted) noexcept;

} // namespace byollm
