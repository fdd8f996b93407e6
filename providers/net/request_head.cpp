// SPDX-License-Identifier: Apache-2.0
#include "providers/net/request_head.hpp"

#include "messages/limits.hpp"
#include "messages/registers.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace byollm::net {

namespace {

// What the transport says on its own behalf; a dialect must not say it too.
constexpr std::array own_fields
  = {std::string_view{"host"},       std::string_view{"content-length"},
     std::string_view{"connection"}, std::string_view{"transfer-encoding"},
     std::string_view{"expect"},     std::string_view{"accept-encoding"},
     std::string_view{"upgrade"},    std::string_view{"te"},
     std::string_view{"trailer"},    std::string_view{"proxy-authorization"}};

constexpr std::string_view own_values = "Accept-Encoding: identity\r\n"
                                        "User-Agent: byollm\r\n";
constexpr std::string_view length_name = "Content-Length: ";

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view lhs, std::string_view rhs) noexcept {
  return lhs.size() == rhs.size()
         && std::equal(lhs.begin(), lhs.end(), rhs.begin(),
                       [](char x, char y) { return lower(x) == lower(y); });
}

bool is_graphic(char c) noexcept {
  return c > ' ' && c < '\x7f';
}

bool is_token_char(char c) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z')
         || marks.find(c) != std::string_view::npos;
}

bool is_value_char(char c) noexcept {
  return is_graphic(c) || c == ' ' || c == '\t';
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_value_char);
}

bool is_graphic_text(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_graphic);
}

bool may_send(const wire_header& field, const auth_header& auth) noexcept {
  auto taken
    = [&](std::string_view name) { return same_name(field.name, name); };
  return is_token(field.name) && is_value(field.value) && !taken(auth.name)
         && std::none_of(own_fields.begin(), own_fields.end(), taken);
}

status check(const wire_request& request, std::string_view host,
             const auth_header& auth, std::string_view key) {
  if (key.size() > limits::key_bytes_max || !is_graphic_text(key))
    return failure{errc::invalid_key, "the key holds bytes that no key has"};
  if (!key.empty() && (!is_token(auth.name) || !is_value(auth.prefix)))
    return failure{errc::invalid_request, "the key has no header to go into"};
  if (request.target.empty() || request.target.front() != '/'
      || !is_graphic_text(request.target) || !is_graphic_text(host)
      || host.empty())
    return failure{errc::invalid_request, "the request target is malformed"};
  if (request.method == http_method::get && !request.body.empty())
    return failure{errc::invalid_request, "a GET has no body"};
  for (auto& field : request.headers)
    if (!may_send(field, auth))
      return failure{errc::invalid_request,
                     "a header is malformed or not ours"};
  return unit{};
}

} // namespace

request_head::~request_head() {
  wipe();
}

status request_head::build(const wire_request& request, std::string_view host,
                           const auth_header& auth, std::string_view key) {
  if (auto ok = check(request, host, auth, key); !ok)
    return ok;
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                           request.body.size());
  std::string_view length{digits.data(),
                          static_cast<size_t>(end.ptr - digits.data())};
  auto size = request.target.size() + host.size() + own_values.size()
              + length_name.size() + length.size() + auth.name.size()
              + auth.prefix.size() + key.size() + 64;
  for (auto& field : request.headers)
    size += field.name.size() + field.value.size() + 4;
  reserve(size);
  auto is_get = request.method == http_method::get;
  text_.append(is_get ? "GET " : "POST ").append(request.target);
  text_.append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
  text_.append(own_values);
  if (!is_get)
    text_.append(length_name).append(length).append("\r\n");
  for (auto& field : request.headers)
    text_.append(field.name).append(": ").append(field.value).append("\r\n");
  if (!key.empty())
    text_.append(auth.name)
      .append(": ")
      .append(auth.prefix)
      .append(key)
      .append("\r\n");
  text_.append("\r\n");
  return unit{};
}

void request_head::wipe() noexcept {
  // A string that was cleared keeps its old bytes behind its size.
  text_.resize(text_.capacity());
  OPENSSL_cleanse(text_.data(), text_.size());
  wipe_registers();
  text_.clear();
}

void request_head::release() noexcept {
  wipe();
  text_.shrink_to_fit();
}

void request_head::reserve(size_t size) {
  // A string that grows while it holds a key leaves a copy on the heap: there
  // is room for everything before the first byte goes in.
  wipe();
  text_.reserve(size);
}

} // namespace byollm::net
