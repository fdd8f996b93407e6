// SPDX-License-Identifier: Apache-2.0
#include "app/service/shorten.hpp"

#include <cstdint>

namespace byollm::service {

namespace {

constexpr std::string_view mark = "\n[...]\n";

bool goes_on(char c) noexcept {
  return (static_cast<uint8_t>(c) & 0xc0) == 0x80;
}

std::string_view end_of(std::string_view text, size_t most) noexcept {
  if (text.size() <= most)
    return text;
  text.remove_prefix(text.size() - most);
  while (!text.empty() && goes_on(text.front()))
    text.remove_prefix(1);
  return text;
}

} // namespace

std::string_view beginning_of(std::string_view text, size_t most) noexcept {
  if (text.size() <= most)
    return text;
  while (most > 0 && goes_on(text[most]))
    --most;
  return text.substr(0, most);
}

std::string ends_of(std::string_view text, size_t most) {
  if (text.size() <= most)
    return std::string{text};
  if (most <= mark.size())
    return std::string{end_of(text, most)};
  auto room = most - mark.size();
  std::string made{beginning_of(text, room / 4)};
  made += mark;
  made += end_of(text, room - room / 4);
  return made;
}

} // namespace byollm::service
