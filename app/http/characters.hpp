// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// RFC 9110's alphabets.
namespace byollm::http {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Returns whether `c` is an ASCII control character.
constexpr bool is_control(char c) noexcept {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// Returns whether `text` is a token: a method, or a field's name.
bool is_token(std::string_view text) noexcept;

/// Returns whether `text` may be a field's value: no control character but tab.
bool is_field_value(std::string_view text) noexcept;

/// Returns whether all of `text` is ASCII that one can see.
bool is_visible(std::string_view text) noexcept;

/// Compares without case; `lowered` is lower-case already.
bool same(std::string_view text, std::string_view lowered) noexcept;

/// Drops blanks and tabs at both ends.
std::string_view trim(std::string_view text) noexcept;

} // namespace byollm::http
