// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byollm {

/// Why something failed. Stable: the values are written into ledger records.
enum class errc : uint8_t {
  none = 0,

  // -- the caller's input -----------------------------------------------------
  /// The request is malformed or out of range; `failure::parameter` names it.
  invalid_request = 1,
  /// A configuration value is malformed; `failure::parameter` names it.
  invalid_config = 2,
  /// The key is empty, too long, or holds bytes that no key has.
  invalid_key = 3,
  /// The base URL points where a key may not go.
  origin_denied = 4,
  /// The origin changed but the key was not entered again.
  key_rebind = 5,
  /// A documented limit was exceeded; `failure::parameter` names it.
  limit_exceeded = 6,
  /// This call id has finished before; the outcome is in the ledger.
  duplicate_call = 7,
  /// This call id is in use by a running call.
  call_conflict = 8,
  /// What was asked for does not exist.
  not_found = 9,
  /// No token, or one that is forged, expired, revoked or used.
  unauthenticated = 10,
  /// The token or the extension's policy does not allow this.
  forbidden = 11,
  /// A function's arguments do not match its schema; `failure::parameter` is a
  /// JSON Pointer to what is wrong.
  validation_rejected = 12,
  /// The function is destructive and the turn did not confirm it.
  confirmation_required = 13,
  /// The extension's function failed, or the host's callback did;
  /// `failure::parameter` is the type of its error, or the callback's name.
  handler_failed = 14,
  /// The provider that answers this user has no such thing (Anthropic has no
  /// embeddings); `failure::parameter` names what was asked for.
  unsupported = 15,
  /// The extension used up what its policy allows for a user and a day;
  /// `failure::parameter` says of what.
  allowance_exhausted = 16,

  // -- who answers ------------------------------------------------------------
  /// Neither the user nor the platform configured an LLM.
  no_provider = 20,
  /// The admin disabled the user's own LLM and does not offer the platform's.
  provider_disabled = 21,
  /// The user's configuration could not be read: who would be acting is
  /// unknown, so nobody answers. Retryable.
  config_unavailable = 22,
  /// The configuration that this turn pinned is gone; start a new turn.
  config_changed = 23,
  /// The stored key does not open: moved, edited, or another master key.
  secret_integrity = 24,
  /// The host's balance port refused a platform call.
  balance_exhausted = 25,
  /// No price is in force for the platform's model, and the admin refuses calls
  /// without one.
  price_unknown = 26,

  // -- our own limits and state -----------------------------------------------
  /// Too many turns or calls in flight; try again later.
  overloaded = 40,
  /// The call's deadline passed before it could be sent.
  deadline_exceeded = 41,
  /// The caller cancelled.
  cancelled = 42,
  /// The runtime is stopping.
  stopping = 43,
  /// The ledger could not make a record durable, so the call did not happen
  /// (or, when `failure::sent` says so, happened without a durable outcome).
  audit_unavailable = 44,
  /// An internal part died; nothing is known to be wrong with the request.
  unavailable = 45,
  /// Waiting for a future or stopping from a thread of the runtime itself.
  would_deadlock = 46,
  /// Attempts at this LLM failed in a row, so no more are sent for a while; see
  /// `failure::retry_after`.
  circuit_open = 47,

  // -- what the provider answered ---------------------------------------------
  /// The provider refused the key (401).
  authentication = 60,
  /// The key may not do this (403).
  permission = 61,
  /// The account is out of quota or money (402, `insufficient_quota`).
  quota_exhausted = 62,
  /// The provider asked us to slow down (429); see `failure::retry_after`.
  rate_limited = 63,
  /// The conversation is too long for the model.
  context_length = 64,
  /// The provider refused the content.
  content_policy = 65,
  /// The provider does not know this model (404).
  model_not_found = 66,
  /// The provider refused the request for another reason (other 4xx).
  provider_rejected = 67,
  /// The provider is overloaded (503, 529).
  provider_overloaded = 68,
  /// The provider failed (other 5xx, or an error event inside a stream).
  provider_fault = 69,
  /// The provider, or a proxy before it, gave up waiting for the answer (504,
  /// 524).
  provider_timeout = 70,

  // -- the way to the provider ------------------------------------------------
  /// The host name does not resolve.
  dns_failed = 80,
  /// No address accepted the connection.
  connect_failed = 81,
  /// The TLS handshake failed.
  tls_failed = 82,
  /// The certificate is not valid for this host or not trusted.
  tls_untrusted = 83,
  connect_timeout = 84,
  /// The request was sent and no byte came back in time.
  first_byte_timeout = 85,
  /// The answer stopped arriving.
  idle_timeout = 86,
  /// The call's total time ran out while it was at the provider.
  total_timeout = 87,
  /// The connection broke before any byte of an answer.
  connection_lost = 88,
  /// The answer broke off, or ended without its end marker.
  truncated = 89,
  /// The answer breaks HTTP's or the dialect's rules.
  protocol = 90,
  /// The provider answered with a redirect; redirects are never followed.
  redirected = 91,
  /// The answer exceeded a size limit.
  answer_too_large = 92,

  // -- the store --------------------------------------------------------------
  /// The data directory or the store cannot be opened, read or written.
  store_unavailable = 110,
  /// The store was written by a newer version.
  store_newer = 111,
  /// Another process owns the data directory.
  store_owned = 112,
  /// The store is damaged.
  store_corrupt = 113,
};

/// Returns the stable snake_case name of `code`, as in ledgers and JSON.
BYOLLM_API std::string_view to_string(errc code) noexcept;

/// Returns one sentence that tells a person what to do about `code`.
BYOLLM_API std::string_view remedy(errc code) noexcept;

/// Whether the request reached the provider.
enum class certainty : uint8_t {
  no = 0,    ///< Not one byte of the request was written.
  maybe = 1, ///< Writing began; nobody knows what arrived.
  yes = 2,   ///< The provider answered at least one byte.
};

BYOLLM_API std::string_view to_string(certainty value) noexcept;

/// A failure as every port, actor and API reports it. Holds nothing that a
/// provider said except allow-listed tokens, so it can hold no secret.
struct failure {
  errc code = errc::none;
  /// Our own words for a person: what was wrong, never an upstream body.
  std::string detail = {};
  /// Which field or limit, for input errors; empty otherwise.
  std::string parameter = {};
  /// The provider's HTTP status; 0 if there was none.
  uint16_t http_status = 0;
  /// The provider's `error.type` or `error.code`, if it is `[a-z0-9_.-]{1,64}`.
  std::string provider_code = {};
  /// The provider's request id, if it looks like an id.
  std::string provider_request_id = {};
  /// How long to wait, in [0, 60 s]: as the provider asked, or as a bound of
  /// ours says.
  std::optional<std::chrono::milliseconds> retry_after = {};
  certainty sent = certainty::no;
  /// The provider's `error.type`, by the same rule, if `provider_code` is its
  /// `error.code`.
  std::string provider_type = {};
  /// The call that failed, as in the ledger; empty if none was let in.
  std::string call = {};
};

/// Returns a one-line rendering: name, detail, status and remedy.
BYOLLM_API std::string describe(const failure& what);

} // namespace byollm
