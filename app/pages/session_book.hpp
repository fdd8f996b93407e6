// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "messages/access.hpp"
#include "messages/forward_clock.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace byollm::pages {

/// Somebody who is logged in.
struct session {
  login_identity who = {};
  /// What each request that changes something repeats in a header.
  std::string csrf = {};
  int64_t since_unix_ms = 0;
  int64_t expires_unix_ms = 0;
};

/// A session that begins; `cookie` is told once, and only its hash is kept.
struct new_session {
  std::string cookie = {};
  session shown = {};
};

/// Who is logged in: in memory, so that a restart logs everybody out. At most
/// `limits::sessions_max`, and of one person `limits::sessions_per_person_max`.
/// Thread-safe; never blocks.
class session_book {
public:
  explicit session_book(std::function<int64_t()> unix_ms = unix_ms_forward)
      : unix_ms_(std::move(unix_ms)) {
    // nop
  }

  /// A person's one session too many ends their oldest. Errors: `overloaded`,
  /// `unavailable`.
  expected<new_session> begin(login_identity who);

  /// Errors: `unauthenticated`.
  expected<session> check(std::string_view cookie) const;

  void end(std::string_view cookie);

  size_t size() const;

private:
  void make_room(const login_identity& who, int64_t now);

  const std::function<int64_t()> unix_ms_;
  mutable std::mutex mutex_;
  std::map<sha256_digest, session> sessions_; // by the cookie's hash
};

} // namespace byollm::pages
