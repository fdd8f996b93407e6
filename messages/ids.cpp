// SPDX-License-Identifier: Apache-2.0
#include "messages/ids.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

bool in_alphabet(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == ':'
         || c == '@' || c == '-';
}

} // namespace

bool is_valid_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 128
         && std::all_of(text.begin(), text.end(), in_alphabet);
}

bool is_model_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= limits::model_bytes_max
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace byollm
