// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chat.hpp"
#include "expected.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace byollm {

// -- call tokens --------------------------------------------------------------

/// What part of an extension calls.
enum class caller_kind : uint8_t { chat_fn, tool, panel, skeleton };

BYOLLM_API std::string_view to_string(caller_kind value) noexcept;
BYOLLM_API std::optional<caller_kind>
caller_kind_of(std::string_view name) noexcept;

/// What a call token says: who calls for whom, and how much. It stands for one
/// chat turn.
struct call_grant {
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  caller_kind kind = caller_kind::chat_fn;
  /// Purposes that calls may name; empty: any.
  std::vector<std::string> purposes = {};
  /// How many calls; unset: as the extension's policy has it.
  std::optional<uint32_t> calls = {};
  /// A second use is refused.
  bool single_use = false;
  /// Its turn was open before it was made: it is good while that is, and opens
  /// no other.
  bool is_for_open_turn = false;
  int64_t issued_unix_ms = 0;
  int64_t expires_unix_ms = 0;
  /// Names the token.
  std::string id = {};
  /// Names the chat turn.
  std::string turn = {};
  turn_origin origin = {};
};

/// A signed call token.
struct call_token {
  std::string text = {};
  call_grant grant = {};
};

// -- people -------------------------------------------------------------------

/// Whom a login lets in: one user, or an admin.
struct login_identity {
  bool is_admin = false;
  /// Of a user.
  std::string tenant = {};
  std::string user = {};
  /// Of an admin: who it is, for the ledger.
  std::string name = {};

  bool operator==(const login_identity&) const = default;
};

/// A link that logs its holder in, once.
struct login_link {
  std::string url = {};
  int64_t expires_unix_ms = 0;
};

// -- service tokens -----------------------------------------------------------

/// What a service token may do; a set of bits.
enum class service_scope : uint32_t {
  turns = 1,      ///< Run functions in chat turns.
  extensions = 2, ///< Offer an extension's functions as a worker.
  tokens = 4,     ///< Mint call tokens and client tokens.
  config = 8,     ///< Read and change users' and the platform's LLMs.
  audit = 16,     ///< Read the ledger and usage.
  admin = 32,     ///< Everything else an admin does.
  metrics = 64,   ///< Read the metrics.
};

BYOLLM_API std::string_view to_string(service_scope value) noexcept;

/// Reads "turns,extensions,...". Errors: `invalid_request`, naming the scope
/// that there is not.
BYOLLM_API expected<uint32_t> scopes_of(std::string_view names);

BYOLLM_API std::string names_of_scopes(uint32_t scopes);

/// A service token without its text.
struct service_token_view {
  std::string name = {};
  uint32_t scopes = 0;
  /// With service_scope::extensions: whose functions it may offer; "*": any.
  std::string extension = {};
  int64_t created_unix_ms = 0;

  bool operator==(const service_token_view&) const = default;
};

/// A service token as stored: nothing of it can be used to call.
struct stored_service_token {
  service_token_view shown = {};
  /// HMAC-SHA256 of the text, under a key that is not in the database.
  std::array<uint8_t, 32> digest = {};
  /// The same over digest, name, scopes and time: who can write the database
  /// adds no token and widens none.
  std::array<uint8_t, 32> seal = {};
};

/// A new service token; its text is shown once and kept nowhere.
struct new_service_token {
  std::string text = {};
  service_token_view shown = {};
};

// -- client tokens ------------------------------------------------------------

/// A client token without its text: one user's own program calls the LLM of
/// that user with it, in a chat turn for each call.
struct client_token_view {
  /// A UUIDv7; names the token where it is listed and revoked.
  std::string id = {};
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  /// Purposes that calls may name; empty: any.
  std::vector<std::string> purposes = {};
  int64_t created_unix_ms = 0;
  /// 0: never.
  int64_t expires_unix_ms = 0;

  bool operator==(const client_token_view&) const = default;

  bool has_expired(int64_t now_unix_ms) const noexcept {
    return expires_unix_ms != 0 && expires_unix_ms <= now_unix_ms;
  }
};

/// A client token as stored, in the way of a service token.
struct stored_client_token {
  client_token_view shown = {};
  std::array<uint8_t, 32> digest = {};
  /// Over digest and all that is shown.
  std::array<uint8_t, 32> seal = {};
};

/// Whose client tokens.
struct client_token_owner {
  std::string tenant = {};
  std::string user = {};

  bool has(const client_token_view& token) const noexcept {
    return token.tenant == tenant && token.user == user;
  }
};

/// A new client token; its text is shown once and kept nowhere.
struct new_client_token {
  std::string text = {};
  client_token_view shown = {};
};

// -- changes ------------------------------------------------------------------

/// One change of who may call; exactly one of them.
struct access_change {
  std::optional<stored_service_token> add = {};
  std::string remove = {};
  std::optional<uint32_t> signing_generation = {};
  /// Those that have expired by its time go with it.
  std::optional<stored_client_token> add_client = {};
  /// By id.
  std::string remove_client = {};
  /// All of one user.
  std::optional<client_token_owner> remove_clients_of = {};
};

struct stored_access {
  std::vector<stored_service_token> tokens = {};
  /// Which of the secrets derived from the audit key signs call tokens.
  uint32_t signing_generation = 1;
  std::vector<stored_client_token> clients = {};
};

} // namespace byollm
