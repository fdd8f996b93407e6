// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access/access_keys.hpp"
#include "messages/access.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// Which programs call for one user: knows the client tokens that are stored.
/// Thread-safe; never blocks.
class client_book {
public:
  /// Ownership: `keys` must outlive it. What has no good seal is left out and
  /// named in `unsealed`.
  client_book(const access_keys& keys, std::vector<stored_client_token> stored,
              std::vector<std::string>& unsealed);

  struct fresh_token {
    std::string text;
    stored_client_token stored;
  };

  /// Makes a token for `wanted`, which is whole. Errors: `invalid_request`,
  /// `limit_exceeded`, `unavailable`.
  expected<fresh_token> make(client_token_view wanted) const;

  /// Errors: `unauthenticated`.
  expected<client_token_view> check(std::string_view text,
                                    int64_t now_unix_ms) const;

  /// Returns those of a tenant and a user, oldest first; an empty name: of all.
  std::vector<client_token_view> list(std::string_view tenant,
                                      std::string_view user) const;

  std::optional<client_token_view> find(std::string_view id) const;

  /// What became durable.
  void apply(const access_change& what);

private:
  expected<sha256_digest> seal_of(const stored_client_token& token) const;
  status check_room(const client_token_view& wanted) const;

  const access_keys& keys_;
  mutable std::mutex mutex_;
  std::map<sha256_digest, client_token_view> tokens_; // by digest
};

/// Whether `text` is written as client tokens are.
bool is_client_token(std::string_view text) noexcept;

} // namespace byollm
