// SPDX-License-Identifier: Apache-2.0
#include "app/access/sealed_fields.hpp"

namespace byollm {

void sealed_fields::number(uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes_.push_back(static_cast<uint8_t>(value >> shift));
}

void sealed_fields::text(std::string_view what) {
  number(what.size());
  bytes_.insert(bytes_.end(), what.begin(), what.end());
}

void sealed_fields::raw(std::span<const uint8_t> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

} // namespace byollm
