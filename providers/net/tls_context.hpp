// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/origin.hpp"
#include "providers/net/trust_store.hpp"

#include <memory>
#include <string>

namespace byollm::net {

class tls_session;

/// How the connections of one port speak TLS. Each port has its own, so nothing
/// that a session leaves behind reaches another user.
class tls_context {
public:
  /// Errors: `tls_failed`.
  static expected<std::unique_ptr<tls_context>> make(const origin& at,
                                                     trust_store_ptr trust);

  /// Returns a client session that accepts no certificate but one for the
  /// configured host, whatever address is connected. Errors: `tls_failed`.
  expected<std::unique_ptr<tls_session>> session() const;

private:
  tls_context(std::shared_ptr<SSL_CTX> ctx, trust_store_ptr trust,
              std::string host, bool is_address);

  std::shared_ptr<SSL_CTX> ctx_;
  trust_store_ptr trust_;
  std::string host_;
  bool is_address_;
};

} // namespace byollm::net
