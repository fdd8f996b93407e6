// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/trust.hpp"

#include <memory>
#include <string>

#include <openssl/types.h>

namespace byollm::net {

using trust_store_ptr = std::shared_ptr<X509_STORE>;

/// Returns the certificates that may vouch for a provider: the system's bundle
/// if `with_system`, and those of `added_pem_file` if it is not empty. Names
/// its files itself: no environment variable adds a trust anchor. Reads files,
/// so it is called at start, not on a loop; loops that ask for the same share
/// one. Errors: `tls_failed` naming what cannot be read. Thread-safe.
expected<trust_store_ptr> load_trust_store(const std::string& added_pem_file,
                                           bool with_system);

/// Returns a store of its own with the certificates of `base` and those of
/// `added`; `base` stays as it is. Reads no file. Errors: `tls_failed`.
expected<trust_store_ptr> with_bundle(const trust_store_ptr& base,
                                      const ca_bundle& added);

} // namespace byollm::net
