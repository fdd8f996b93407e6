// SPDX-License-Identifier: Apache-2.0
#include "app/access/base64url.hpp"

#include "messages/base64.hpp"

#include <algorithm>

namespace byollm {

std::string to_base64url(byte_view bytes) {
  auto text = to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::optional<std::vector<uint8_t>> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos)
    return std::nullopt;
  std::string padded{text};
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return from_base64(padded);
}

} // namespace byollm
