// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"
#include "expected.hpp"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace byollm {

/// Scheme, host and port: what a key is bound to.
class origin {
public:
  bool is_https() const noexcept {
    return https_;
  }

  /// Lower-case name, dotted-quad IPv4, or IPv6 without brackets.
  const std::string& host() const noexcept {
    return host_;
  }

  uint16_t port() const noexcept {
    return port_;
  }

  /// Returns `scheme://host:port`, always with the port.
  BYOLLM_API std::string str() const;

  /// Returns the `Host` header's value: without the scheme's default port.
  BYOLLM_API std::string host_header() const;

  friend auto operator<=>(const origin&, const origin&) = default;

private:
  friend class base_url;

  origin(bool https, std::string host, uint16_t port)
      : https_(https), host_(std::move(host)), port_(port) {
    // nop
  }

  bool https_;
  std::string host_;
  uint16_t port_;
};

/// A checked base URL: an origin and a path, no query, fragment or user part.
class base_url {
public:
  /// Errors: `invalid_config` naming what is wrong with `text`.
  BYOLLM_API static expected<base_url> parse(std::string_view text);

  const origin& at() const noexcept {
    return at_;
  }

  /// Starts with `/` or is empty; never ends with `/`.
  const std::string& path() const noexcept {
    return path_;
  }

  BYOLLM_API std::string str() const;

  friend auto operator<=>(const base_url&, const base_url&) = default;

private:
  base_url(origin at, std::string path)
      : at_(std::move(at)), path_(std::move(path)) {
    // nop
  }

  origin at_;
  std::string path_;
};

/// Where keys may go.
enum class reach : uint8_t {
  public_only, ///< Only public addresses, checked again at connect time.
  allowed,     ///< The admin allowed this very origin, private or not.
};

/// Decides whether a key may be stored for `at`. `allowed` are origins in the
/// form of `origin::str()`. Everything else must be https on port 443 with a
/// name or a public address. Errors: `origin_denied`; one text for all refused
/// addresses, so the answer maps no network.
BYOLLM_API expected<reach> check_origin(const origin& at,
                                        std::span<const std::string> allowed);

} // namespace byollm
