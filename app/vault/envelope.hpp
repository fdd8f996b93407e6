// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/key_ring.hpp"
#include "messages/target.hpp"

#include <string_view>

namespace byollm {

// "BYL1" | alg u8 | kek_version u32be | key_version u32be | nonce_w[12] |
// wrapped_dek[32] | tag_w[16] | nonce[12] | ct_len u32be | ct | tag[16]

/// Bytes that an envelope adds to the key it seals.
constexpr size_t envelope_overhead_bytes = 105;

/// Seals `key` for `binding` under the ring's current key. Errors:
/// `unavailable`, `limit_exceeded` over `limits::key_bytes_max`.
expected<sealed_key> seal_envelope(const key_ring& ring, std::string_view key,
                                   const key_binding& binding);

/// Opens an envelope that was sealed for exactly `binding`. Errors:
/// `secret_integrity` with one text for every cause, `unavailable`.
expected<secret_bytes> open_envelope(const key_ring& ring,
                                     const sealed_key& sealed,
                                     const key_binding& binding);

/// Wraps the data key of an envelope that was sealed for exactly `binding`
/// under the ring's current key; the sealed data stays as it is. Errors: as
/// `open_envelope`.
expected<sealed_key> rewrap_envelope(const key_ring& ring,
                                     const sealed_key& sealed,
                                     const key_binding& binding);

/// Returns which master key wraps `envelope`; 0 if it is none.
uint32_t master_key_of(std::span<const uint8_t> envelope) noexcept;

} // namespace byollm
