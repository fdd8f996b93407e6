// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "messages/access.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace byollm {

/// Makes and takes the tickets of login links. A ticket is 32 random bytes, of
/// which only the hash is kept, in memory: a restart ends them all.
/// Thread-safe; never blocks.
class login_desk {
public:
  explicit login_desk(std::function<int64_t()> unix_ms)
      : unix_ms_(std::move(unix_ms)) {
    // nop
  }

  /// Says where people log in; empty: nowhere.
  void open(std::string base_url);

  /// Errors: `invalid_config` if people log in nowhere, `invalid_request`,
  /// `overloaded` if too many tickets wait, `unavailable`.
  expected<login_link> make(login_identity who);

  /// Says whom a ticket lets in. Errors, for a wrong one only:
  /// `unauthenticated`; `overloaded` with `retry_after` after
  /// `limits::login_failures_max` others.
  expected<login_identity> look(std::string_view ticket);

  /// The same, and the ticket is good no more.
  expected<login_identity> use(std::string_view ticket);

private:
  struct waiting {
    login_identity who;
    int64_t expires_unix_ms;
  };
  using table = std::map<sha256_digest, waiting>;

  /// Under the lock.
  expected<table::iterator> find(std::string_view ticket);
  failure refuse();

  const std::function<int64_t()> unix_ms_;
  std::mutex mutex_;
  std::string base_url_;
  table tickets_; // by hash
  int64_t window_unix_ms_ = 0;
  uint32_t failures_ = 0;
};

} // namespace byollm
