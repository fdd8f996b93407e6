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
  auto end = value.find(':');
  if (value.starts_with('[')) {
    result.is_bracketed = true;
    value.remove_prefix(1);
    auto bracket = std::min(value.find(']'), value.size());
    result.name = value.substr(0, bracket);
    value.remove_prefix(std::min(value.size(), bracket + 1));
    end = 0;
  } else {
    end = std::min(end, value.size());
    result.name = value.substr(0, end);
    value.remove_prefix(end);
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
