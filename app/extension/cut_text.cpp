// SPDX-License-Identifier: Apache-2.0
#include "app/extension/cut_text.hpp"

#include "providers/json/text.hpp"

#include <cstdint>

namespace byollm {

namespace {

std::string_view first_of(std::string_view text, size_t most) {
  if (text.size() <= most)
    return text;
  while (most > 0 && (static_cast<uint8_t>(text[most]) & 0xc0) == 0x80)
    --most;
  return text.substr(0, most);
}

} // namespace

std::string cut_text(std::string_view text, size_t most) {
  std::string made;
  json::append_utf8(made, first_of(text, most));
  // U+FFFD is longer than what it stands for.
  made.resize(first_of(made, most).size());
  return made;
}

} // namespace byollm
