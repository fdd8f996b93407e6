// SPDX-License-Identifier: Apache-2.0
#include "app/owner/vector_text.hpp"

#include "messages/base64.hpp"

#include <array>
#include <bit>
#include <charconv>

namespace byollm {

std::string base64_of(const embedding& vector) {
  static_assert(std::endian::native == std::endian::little);
  return to_base64({reinterpret_cast<const uint8_t*>(vector.data()),
                    vector.size() * sizeof(float)});
}

std::string numbers_of(const embedding& vector) {
  std::string out{"["};
  for (auto value : vector) {
    std::array<char, 32> digits;
    auto end
      = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(out.size() > 1 ? "," : "").append(digits.data(), end);
  }
  return out + ']';
}

} // namespace byollm
