// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/access.hpp"
#include "pending.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// Who may call a service in front of this runtime: service tokens for programs
/// of the platform, call tokens for extensions, client tokens for users' own
/// programs. Thread-safe.
class BYOLLM_API access_accessor {
public:
  // -- service tokens ---------------------------------------------------------

  /// Makes a token; its text is told once and stored nowhere. Durable, and in
  /// the ledger, before it arrives. `extension` goes with the scope of that
  /// name. Errors: `invalid_request`, `limit_exceeded`, `store_unavailable`.
  pending<new_service_token> add_token(std::string name, uint32_t scopes,
                                       std::string extension,
                                       std::string actor) const;

  /// From when it arrives on, the token is refused. Errors: `not_found`.
  pending<unit> revoke_token(std::string name, std::string actor) const;

  /// By name.
  std::vector<service_token_view> tokens() const;

  /// Errors: `unauthenticated`.
  expected<service_token_view> check_token(std::string_view text) const;

  // -- people -----------------------------------------------------------------

  /// Says where people log in ("http://127.0.0.1:8787"); empty: nowhere.
  void serve_logins(std::string base_url) const;

  /// Makes a link that lets its holder in, once, and soon. Kept in memory only.
  /// Errors: `invalid_config` if there are no pages, `invalid_request`,
  /// `overloaded`.
  expected<login_link> make_login(login_identity who, std::string actor) const;

  /// Says whom a link's ticket lets in, without using it up. Errors:
  /// `unauthenticated`; `overloaded` with `retry_after` after many wrong ones.
  expected<login_identity> show_login(std::string_view ticket) const;

  /// Uses a ticket up. Errors: as `show_login`.
  expected<login_identity> use_login(std::string_view ticket) const;

  // -- call tokens ------------------------------------------------------------

  /// Signs what `grant` says; its id and times are set here, and an empty turn.
  /// `ttl`: 1 ms to limits::call_token_ttl_max. Errors: `invalid_request`.
  expected<call_token> mint(call_grant grant,
                            std::chrono::milliseconds ttl) const;

  /// Returns what a token grants. Errors: `unauthenticated`.
  expected<call_grant> check_call_token(std::string_view text) const;

  /// Uses a token up if it is for one use. Errors: `unauthenticated` if it was
  /// used, or may have been before a restart; `overloaded`.
  status use_call_token(const call_grant& grant) const;

  /// Call tokens are signed with a new secret from when it arrives on. Those of
  /// the secret before are taken until they expire, older ones are refused:
  /// rotate twice to refuse all.
  pending<unit> rotate_signing_secret(std::string actor) const;

  // -- client tokens ----------------------------------------------------------

  /// Makes a token with which a user's own program calls that user's LLM; its
  /// text is told once and stored nowhere. Its id and times are set here: it
  /// lives `days` days, 0: until it is revoked. Durable, and in the ledger,
  /// before it arrives. Errors: `invalid_request`, `limit_exceeded`,
  /// `store_unavailable`.
  pending<new_client_token> add_client_token(client_token_view wanted,
                                             uint32_t days,
                                             std::string actor) const;

  /// From when it arrives on, the token is refused. Errors: `not_found`.
  pending<unit> revoke_client_token(std::string id, std::string actor) const;

  /// From when it arrives on, each token that the user has is refused; one
  /// without any is no error. Errors: `invalid_request`.
  pending<unit> revoke_client_tokens(std::string tenant, std::string user,
                                     std::string actor) const;

  /// Those of a tenant and a user, oldest first; an empty name: of all.
  std::vector<client_token_view> client_tokens(std::string_view tenant,
                                               std::string_view user) const;

  /// Errors: `unauthenticated`.
  expected<client_token_view> check_client_token(std::string_view text) const;

  struct impl;
  explicit access_accessor(std::shared_ptr<impl> self)
      : impl_(std::move(self)) {
    // nop
  }

private:
  std::shared_ptr<impl> impl_;
};

} // namespace byollm
