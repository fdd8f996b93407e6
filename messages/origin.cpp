// SPDX-License-Identifier: Apache-2.0
#include "messages/origin.hpp"

#include "messages/address.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <optional>

namespace byollm {

namespace {

failure bad_url(std::string detail) {
  return {errc::invalid_config, std::move(detail), "base_url"};
}

bool is_alnum(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= 63 && label.front() != '-'
         && label.back() != '-'
         && std::all_of(label.begin(), label.end(), [](char c) {
              return is_alnum(c) || c == '-' || c == '_';
            });
}

// A host that ends in a number is an address or nothing: resolvers would read
// `2130706433` and `0x7f.1` as 127.0.0.1.
bool ends_in_number(std::string_view host) noexcept {
  auto last = host.substr(host.rfind('.') + 1);
  if (last.starts_with("0x"))
    return true;
  return !last.empty() && std::all_of(last.begin(), last.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

bool is_host_name(std::string_view host) noexcept {
  if (host.empty() || host.size() > limits::host_bytes_max
      || ends_in_number(host))
    return false;
  while (true) {
    auto dot = host.find('.');
    if (!is_label(host.substr(0, dot)))
      return false;
    if (dot == std::string_view::npos)
      return true;
    host.remove_prefix(dot + 1);
  }
}

std::optional<uint16_t> parse_port(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || text[0] == '0')
    return std::nullopt;
  unsigned value = 0;
  for (auto c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (value > 65'535)
    return std::nullopt;
  return static_cast<uint16_t>(value);
}

bool is_path(std::string_view path) noexcept {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return is_alnum(c) || (c >= 'A' && c <= 'Z')
           || std::string_view{"/-._~%!$&'()*+,;=:@"}.find(c)
                != std::string_view::npos;
  });
}

struct authority {
  std::string host;
  std::string_view port; // with its colon, or empty
};

expected<authority> split_authority(std::string_view text) {
  if (text.find('@') != std::string_view::npos)
    return bad_url("the base URL must not hold a user name or password");
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == std::string_view::npos)
      return bad_url("the IPv6 address lacks its closing bracket");
    auto host = lower(text.substr(1, end - 1));
    if (host.find(':') == host.npos || !parse_ip(host))
      return bad_url("what stands in brackets is no IPv6 address");
    return authority{std::move(host), text.substr(end + 1)};
  }
  auto colon = text.find(':');
  auto host = lower(text.substr(0, colon));
  if (host.ends_with('.'))
    host.pop_back(); // a fully qualified name is the same name
  if (!parse_ip(host) && !is_host_name(host))
    return bad_url("the host is neither a name nor an address");
  auto port = colon == text.npos ? std::string_view{} : text.substr(colon);
  return authority{std::move(host), port};
}

} // namespace

std::string origin::str() const {
  std::string out{https_ ? "https://" : "http://"};
  auto v6 = host_.find(':') != host_.npos;
  out += v6 ? '[' + host_ + ']' : host_;
  return out + ':' + std::to_string(port_);
}

std::string origin::host_header() const {
  auto v6 = host_.find(':') != host_.npos;
  auto out = v6 ? '[' + host_ + ']' : host_;
  if (port_ != (https_ ? 443 : 80))
    out += ':' + std::to_string(port_);
  return out;
}

expected<base_url> base_url::parse(std::string_view text) {
  if (text.empty() || text.size() > limits::url_bytes_max)
    return bad_url("the base URL must have 1 to 2,048 bytes");
  auto scheme_end = text.find("://");
  auto scheme = lower(text.substr(0, scheme_end == text.npos ? 0 : scheme_end));
  if (scheme != "https" && scheme != "http")
    return bad_url("the base URL must start with https:// or http://");
  text.remove_prefix(scheme_end + 3);
  if (text.find_first_of("?#\\") != text.npos)
    return bad_url("the base URL must not hold a query or a fragment");
  auto slash = text.find('/');
  auto path = slash == text.npos ? std::string_view{} : text.substr(slash);
  auto host = split_authority(text.substr(0, slash));
  if (!host)
    return host.error();
  uint16_t port = scheme == "https" ? 443 : 80;
  if (!host->port.empty()) {
    auto given = parse_port(host->port.substr(1));
    if (host->port[0] != ':' || !given)
      return bad_url("the port must be a number from 1 to 65535");
    port = *given;
  }
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (!is_path(path))
    return bad_url("the path holds bytes that no URL path has");
  return base_url{origin{scheme == "https", std::move(host->host), port},
                  std::string{path}};
}

std::string base_url::str() const {
  return at_.str() + path_;
}

expected<reach> check_origin(const origin& at,
                             std::span<const std::string> allowed) {
  if (std::find(allowed.begin(), allowed.end(), at.str()) != allowed.end())
    return reach::allowed;
  if (!at.is_https())
    return failure{errc::origin_denied, "only https is allowed for this origin",
                   "base_url"};
  auto address = parse_ip(at.host());
  auto local_name
    = at.host() == "localhost" || at.host().ends_with(".localhost");
  // One text for ports and addresses alike: the answer maps no network.
  if (at.port() != 443 || local_name
      || (address && !is_public_address(*address)))
    return failure{errc::origin_denied, "keys may not be sent to this origin",
                   "base_url"};
  return reach::public_only;
}

} // namespace byollm
