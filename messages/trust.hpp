// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace byollm {

/// Certificates of authorities that may vouch for a tenant's own servers,
/// beside those that vouch for everybody's.
struct ca_bundle {
  std::string pem; ///< Certificates and nothing else.
  /// SHA-256 over them, lower-case hex: differs where they do.
  std::string fingerprint;
  uint32_t certificates = 0;
};

using ca_bundle_ptr = std::shared_ptr<const ca_bundle>;

/// What people are shown of one certificate.
struct ca_certificate {
  std::string subject; ///< RFC 2253, printable ASCII.
  int64_t expires_unix = 0;
};

/// The certificates that vouch for a tenant's own servers.
struct ca_view {
  std::string fingerprint = {}; ///< SHA-256 over all of them, hex.
  std::vector<ca_certificate> certificates = {};
  std::string pem = {};
};

} // namespace byollm
