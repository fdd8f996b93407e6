// SPDX-License-Identifier: Apache-2.0
#include "app/standin/http_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace byollm::standin {

namespace {

constexpr auto token_chars = [] {
  std::array<bool, 256> result{};
  for (char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                 "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}();

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return token_chars[static_cast<unsigned char>(c)];
  });
}

bool is_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Compares without case; `lowered` is lower-case already.
bool same(std::string_view text, std::string_view lowered) noexcept {
  return text.size() == lowered.size()
         && std::equal(text.begin(), text.end(), lowered.begin(),
                       [](char x, char y) { return lower(x) == y; });
}

std::string_view trim(std::string_view text) noexcept {
  auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

bool parse_length(std::string_view value, http_request& out) noexcept {
  auto end = value.data() + value.size();
  auto [stop, error] = std::from_chars(value.data(), end, out.content_length);
  if (out.has_content_length || error != std::errc{} || stop != end)
    return false;
  out.has_content_length = true;
  return true;
}

unsigned parse_request_line(std::string_view line, http_request& out) {
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return 400;
  out.method = line.substr(0, first);
  auto target = line.substr(first + 1, last - first - 1);
  auto version = line.substr(last + 1);
  auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!is_token(out.method) || !target.starts_with('/')
      || !std::all_of(target.begin(), target.end(), is_visible))
    return 400;
  out.path = target.substr(0, target.find('?'));
  return version == "HTTP/1.1" ? 0 : 505;
}

unsigned take_field(std::string_view name, std::string_view value,
                    http_request& out) {
  if (same(name, "content-length"))
    return parse_length(value, out) ? 0 : 400;
  if (same(name, "transfer-encoding")) {
    if (out.chunked || !same(value, "chunked"))
      return 400;
    out.chunked = true;
  } else if (same(name, "host")) {
    if (out.has_host)
      return 400;
    out.has_host = true;
  } else if (same(name, "authorization")) {
    out.authorization = value;
  } else if (same(name, "x-api-key")) {
    out.x_api_key = value;
  } else if (same(name, "anthropic-version")) {
    out.anthropic_version = value;
  } else if (same(name, "connection")) {
    out.close = out.close || same(value, "close");
  } else if (same(name, "expect")) {
    if (!same(value, "100-continue"))
      return 417;
    out.expects_continue = true;
  }
  return 0;
}

} // namespace

unsigned parse_head(std::string_view head, http_request& out) {
  auto end = head.find("\r\n");
  if (auto status = parse_request_line(head.substr(0, end), out))
    return status;
  while (end != std::string_view::npos) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    auto line = head.substr(0, end);
    auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return 400;
    auto value = trim(line.substr(colon + 1));
    if (!is_value(value))
      return 400;
    if (auto status = take_field(line.substr(0, colon), value, out))
      return status;
  }
  // Two framings in one request are how requests get smuggled.
  if (!out.has_host || (out.chunked && out.has_content_length))
    return 400;
  return 0;
}

} // namespace byollm::standin
