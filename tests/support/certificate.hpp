// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <openssl/types.h>

namespace byollm::test {

// Certificates, made piece by piece. All throw if OpenSSL refuses.

using key_ptr = std::shared_ptr<EVP_PKEY>;
using certificate_ptr = std::shared_ptr<X509>;

inline constexpr long one_day = 24 * 60 * 60;

key_ptr make_key();

/// Makes an RSA key that no security level of ours takes.
key_ptr make_weak_key();

/// Makes an unsigned certificate for `key`, valid between so many seconds from
/// now.
certificate_ptr make_certificate(const std::string& name, EVP_PKEY* key,
                                 long from, long to);

/// Adds an extension; `value` in OpenSSL's notation.
void add_extension(X509* to, X509* issuer, int kind, const std::string& value);

/// Adds one alternative name, whatever its bytes.
void add_dns_name(X509* to, const std::string& name);

/// Adds a critical extension that nobody knows.
void add_unknown_critical(X509* to);

void sign(X509* what, X509* issuer, EVP_PKEY* key, bool sha1 = false);

std::string pem_of(X509* what);

std::string pem_of(EVP_PKEY* what);

} // namespace byollm::test
