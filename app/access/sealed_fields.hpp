// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm {

/// What a token's seal covers, as bytes: each text has its length before it, so
/// that no two tokens have the same.
class sealed_fields {
public:
  void number(uint64_t value);
  void text(std::string_view what);
  void raw(std::span<const uint8_t> bytes);

  std::vector<uint8_t> take() && {
    return std::move(bytes_);
  }

private:
  std::vector<uint8_t> bytes_;
};

} // namespace byollm
