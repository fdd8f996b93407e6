// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/trust.hpp"

#include <memory>
#include <string_view>
#include <vector>

#include <openssl/types.h>

namespace byollm::net {

using certificate_ptr = std::shared_ptr<X509>;

/// Returns the certificates in `bundle`, in order. Errors: `invalid_config` if
/// it is none that `read_ca_bundle` made.
expected<std::vector<certificate_ptr>> certificates_of(const ca_bundle& bundle);

} // namespace byollm::net

namespace byollm {

/// Reads what an admin wants to trust for a tenant: PEM, certificates of
/// authorities only. Errors: `invalid_config` if it is anything else, a
/// private key above all; `limit_exceeded` over limits::ca_bundle_bytes_max or
/// limits::ca_certificates_max. No text holds a byte of `pem`.
expected<ca_bundle_ptr> read_ca_bundle(std::string_view pem);

/// Returns what people are shown of `bundle`.
std::vector<ca_certificate> describe(const ca_bundle& bundle);

} // namespace byollm
