// SPDX-License-Identifier: Apache-2.0
#include "messages/base64.hpp"

namespace byollm {

namespace {

constexpr std::string_view alphabet
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t no_digit = 255;

constexpr auto digits = [] {
  std::array<uint8_t, 256> result = {};
  result.fill(no_digit);
  for (size_t i = 0; i < alphabet.size(); ++i)
    result[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  return result;
}();

} // namespace

std::string to_base64(std::span<const uint8_t> bytes) {
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    auto group = bytes.first(std::min<size_t>(bytes.size(), 3));
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? group[i] : 0u);
    for (size_t i = 0; i < 4; ++i)
      result += i > group.size() ? '=' : alphabet[bits >> (18 - 6 * i) & 63];
    bytes = bytes.subspan(group.size());
  }
  return result;
}

std::optional<std::vector<uint8_t>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::vector<uint8_t> result;
  result.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  uint32_t held = 0;
  for (auto c : text) {
    auto digit = digits[static_cast<uint8_t>(c)];
    if (digit == no_digit)
      return std::nullopt;
    bits = bits << 6 | digit;
    held += 6;
    if (held >= 8) {
      held -= 8;
      result.push_back(static_cast<uint8_t>(bits >> held));
    }
  }
  if (bits & ((1u << held) - 1))
    return std::nullopt;
  return result;
}

} // namespace byollm
