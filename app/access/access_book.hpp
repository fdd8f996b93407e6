// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access/access_keys.hpp"
#include "app/access/client_book.hpp"
#include "app/access/grant_json.hpp"
#include "messages/access.hpp"
#include "messages/forward_clock.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace byollm {

struct access_book_options {
  /// The ledger's id.
  std::string audience = {};
  /// For what is stored.
  std::function<int64_t()> unix_ms = {};
  std::function<std::string()> new_id = {};
  /// For call tokens, which live for this process at most: a clock that does
  /// not go back. What was used or ended is forgotten once it expired, and must
  /// not be good again then.
  std::function<int64_t()> forward_ms = unix_ms_forward;
};

/// Who may call: knows the service tokens, signs and reads call tokens. Holds
/// what the store has, and is told of each change once that is durable.
/// Thread-safe; never blocks.
class access_book {
public:
  access_book(access_keys keys, access_book_options options,
              stored_access stored);

  // -- service tokens ---------------------------------------------------------

  struct fresh_token {
    std::string text;
    stored_service_token stored;
  };

  /// Makes a token and what is stored of it; sets its time. Errors:
  /// `unavailable`.
  expected<fresh_token> make(service_token_view wanted) const;

  /// Errors: `unauthenticated`.
  expected<service_token_view> check_service(std::string_view text) const;

  std::vector<service_token_view> tokens() const;

  /// Names of stored tokens whose seal is wrong; they are not used.
  const std::vector<std::string>& unsealed() const noexcept {
    return unsealed_;
  }

  // -- call tokens ------------------------------------------------------------

  /// Signs `grant`, whose id and times are set here. `ttl` is at most
  /// limits::call_token_ttl_max. Errors: `invalid_request`, `unavailable`.
  expected<call_token> mint(call_grant grant,
                            std::chrono::milliseconds ttl) const;

  /// Returns what a token grants. Errors: `unauthenticated`, also for a
  /// single-use token of another run.
  expected<call_grant> check_call(std::string_view text) const;

  /// Uses a single-use token up. Errors: `unauthenticated`; `overloaded` if too
  /// many used ones must be remembered.
  status use(const call_grant& grant);

  uint32_t generation() const;

  // -- client tokens ----------------------------------------------------------

  /// Makes a token and what is stored of it; sets its id and time. It lives
  /// `days` days, 0: for ever. Errors: as client_book::make.
  expected<client_book::fresh_token> make_client(client_token_view wanted,
                                                 uint32_t days) const;

  /// Errors: `unauthenticated`.
  expected<client_token_view> check_client(std::string_view text) const;

  const client_book& clients() const noexcept {
    return clients_;
  }

  // -- what became durable ----------------------------------------------------

  void apply(const access_change& what);

private:
  void keep(stored_service_token token);
  expected<sha256_digest> seal_of(const stored_service_token& token) const;
  expected<token_claims> open(std::string_view text) const;

  const access_keys keys_;
  const access_book_options options_;
  /// Names this run. Single-use tokens of another are refused: whether they
  /// were used is not known. Their times would not tell: the clock may have
  /// been set back between the two.
  const std::string run_;
  std::vector<std::string> unsealed_;
  client_book clients_;
  mutable std::mutex mutex_;
  std::map<sha256_digest, service_token_view> tokens_; // by digest
  uint32_t generation_;
  std::unordered_map<std::string, int64_t> used_; // until they expire
  int64_t swept_forward_ms_ = 0;
};

} // namespace byollm
