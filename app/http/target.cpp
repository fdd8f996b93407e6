// SPDX-License-Identifier: Apache-2.0
#include "app/http/target.hpp"

#include "app/http/characters.hpp"

#include <algorithm>

namespace byollm::http {

namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  auto letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool decode(std::string_view text, std::string& out) {
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3)
      return false;
    auto high = hex_digit(text[i + 1]);
    auto low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0)
      return false;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

bool has_dot_segment(std::string_view path) noexcept {
  while (!path.empty()) {
    path.remove_prefix(1);
    auto segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..")
      return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

} // namespace

bool parse_target(std::string_view target, std::string& path,
                  std::string& query) {
  if (!target.starts_with('/') || !is_visible(target)
      || target.find('#') != std::string_view::npos)
    return false;
  auto mark = std::min(target.find('?'), target.size());
  if (!decode(target.substr(0, mark), path))
    return false;
  if (mark < target.size())
    query = target.substr(mark + 1);
  return std::none_of(path.begin(), path.end(), is_control)
         && !has_dot_segment(path);
}

} // namespace byollm::http
