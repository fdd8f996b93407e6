// SPDX-License-Identifier: Apache-2.0
#include "app/http/characters.hpp"

#include <algorithm>
#include <array>

namespace byollm::http {

namespace {

constexpr auto token_chars = [] {
  std::array<bool, 256> result{};
  for (char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                 "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}();

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

} // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return token_chars[static_cast<unsigned char>(c)];
  });
}

bool is_field_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || !is_control(c); });
}

bool is_visible(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f; });
}

bool same(std::string_view text, std::string_view lowered) noexcept {
  return text.size() == lowered.size()
         && std::equal(text.begin(), text.end(), lowered.begin(),
                       [](char x, char y) { return lower(x) == y; });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

} // namespace byollm::http
