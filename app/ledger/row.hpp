// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/decode.hpp"
#include "messages/ledger.hpp"

namespace byollm {

/// Renders a record for people and tools. `payload` is null once retention has
/// removed it; its fields are then left out and `payload` reads "removed".
/// Outcomes carry `cost_micro`: an amount, or "unpriced".
ledger_row to_row(const public_view& record, const field_set* payload,
                  const sha256_digest& leaf);

/// Returns lower-case hexadecimal.
std::string to_hex(byte_view bytes);

} // namespace byollm
