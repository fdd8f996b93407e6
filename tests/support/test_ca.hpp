// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <openssl/types.h>

namespace byollm::test {

/// A server's certificates and key, PEM, in memory only; and how it speaks.
struct tls_identity {
  std::string certificate;
  std::string key;
  /// The one TLS version it speaks, such as TLS1_2_VERSION; 0 for any modern
  /// one.
  int version = 0;
};

/// What stands between a server's certificate and the authority's.
enum class intermediate : uint8_t {
  none,
  good,
  no_authority, ///< Says CA:FALSE.
  expired,
  constrained, ///< To names under "example.test".
  left_out,    ///< Good, but the server does not send it.
};

/// What a certificate should say, right or wrong.
struct certificate_wish {
  std::string common_name = "localhost";
  /// OpenSSL's notation, such as "DNS:localhost,IP:127.0.0.1"; empty for none.
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1";
  bool expired = false;
  bool not_yet_valid = false;
  bool self_signed = false;
  /// In place of `alternative_names`, these bytes.
  std::string raw_dns_name = {};
  bool weak_key = false;
  bool sha1 = false;
  /// The extended key usage, such as "clientAuth"; empty for none.
  std::string usage = {};
  bool unknown_critical = false;
  intermediate under = intermediate::none;
};

/// A certificate authority that lives as long as a test. Its certificate lies
/// in a file of its own, which goes with it; its key never leaves memory.
class test_ca {
public:
  test_ca();
  test_ca(const test_ca&) = delete;
  test_ca& operator=(const test_ca&) = delete;
  ~test_ca();

  /// Returns the path of the authority's certificate.
  const std::string& file() const noexcept {
    return file_;
  }

  /// Returns the authority's certificate.
  std::string pem() const;

  tls_identity issue(const certificate_wish& wish = {}) const;

private:
  struct signer {
    std::shared_ptr<X509> certificate;
    std::shared_ptr<EVP_PKEY> key;
  };

  signer make_intermediate(intermediate kind) const;

  signer root_;
  std::string file_;
};

} // namespace byollm::test
