// SPDX-License-Identifier: Apache-2.0
#include "app/http/host.hpp"

#include "app/http/characters.hpp"

#include "messages/address.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::http {

namespace {

struct host_parts {
  std::string_view name;
  std::string_view port;
  bool is_bracketed = false;
  bool has_port = false;
};

host_parts split(std::string_view value) noexcept {
  host_parts result;
  result.is_bracketed = value.starts_with('[');
  auto end = value.find(result.is_bracketed ? ']' : ':');
  if (result.is_bracketed) {
    if (end == std::string_view::npos)
      return result;
    result.name = value.substr(1, end - 1);
    value.remove_prefix(end + 1);
  } else {
    result.name = value.substr(0, end);
    value.remove_prefix(result.name.size());
  }
  result.has_port = !value.empty();
  result.port = value;
  return result;
}

bool is_name_char(char c) noexcept {
  auto letter = lower(c);
  return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-'
         || c == '.' || c == '_';
}

bool is_port(std::string_view text) noexcept {
  return text.starts_with(':') && text.size() <= 6
         && std::all_of(text.begin() + 1, text.end(),
                        [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

bool is_host(std::string_view value) noexcept {
  auto parts = split(value);
  if (parts.has_port && !is_port(parts.port))
    return false;
  if (parts.is_bracketed)
    return parts.name.find(':') != std::string_view::npos
           && parse_ip(parts.name);
  return !parts.name.empty() && parts.name.size() <= limits::host_bytes_max
         && std::all_of(parts.name.begin(), parts.name.end(), is_name_char);
}

bool is_own_host(std::string_view value,
                 const std::vector<std::string>& names) noexcept {
  auto name = split(value).name;
  return same(name, "localhost") || parse_ip(name)
         || std::any_of(names.begin(), names.end(),
                        [&](auto& own) { return same(name, own); });
}

} // namespace byollm::http
