// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <cstdint>
#include <vector>

namespace byollm::load {

/// A record's two parts.
struct record_bytes {
  std::vector<uint8_t> public_part;
  std::vector<uint8_t> payload;
};

/// A thousand records as our ledger encodes them, every second of which is an
/// outcome: what the ledgers that are written by hand write, too.
expected<std::vector<record_bytes>> encoded_records();

} // namespace byollm::load
