// SPDX-License-Identifier: Apache-2.0
#include "tests/load/encoded_records.hpp"

#include "app/ledger/encode.hpp"
#include "tests/load/records.hpp"

namespace byollm::load {

expected<std::vector<record_bytes>> encoded_records() {
  std::vector<record_bytes> result;
  record_encoder encoder{std::vector<uint8_t>(32, 7)};
  auto copy = [](byte_view from) {
    return std::vector<uint8_t>{from.begin(), from.end()};
  };
  for (const auto& entry : make_batch(0, 1'000)) {
    if (auto encoded = encoder.encode(entry, 1); !encoded)
      return encoded.error();
    result.push_back({copy(encoder.public_part()), copy(encoder.payload())});
  }
  return result;
}

} // namespace byollm::load
