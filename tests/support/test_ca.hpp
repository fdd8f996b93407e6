// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <openssl/types.h>

namespace byollm::test {

/// A server's certificate and key, PEM, in memory only.
struct tls_identity {
  std::string certificate;
  std::string key;
};

/// What a certificate should say, right or wrong.
struct certificate_wish {
  std::string common_name = "localhost";
  /// OpenSSL's notation, such as "DNS:localhost,IP:127.0.0.1"; empty for none.
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1";
  bool expired = false;
  bool not_yet_valid = false;
  bool self_signed = false;
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

  tls_identity issue(const certificate_wish& wish = {}) const;

private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
  std::string file_;
};

} // namespace byollm::test
