// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The embedding API: everything a host needs. Includes the standard library
/// and our vocabulary (itself standard library only); no dependency shows
/// through.

#include "../messages/llm_test.hpp"
#include "../messages/master_keys.hpp"
#include "../messages/ports/host.hpp"
#include "../messages/ports/log.hpp"
#include "../messages/reply.hpp"
#include "../messages/settings.hpp"
#include "../messages/usage.hpp"
#include "pending.hpp"
#include "stats.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm {

// -- options ------------------------------------------------------------------

struct runtime_options {
  /// Where store, master key and owner socket live; made with mode 0700.
  std::filesystem::path data_directory = {};
  /// Loop threads; 0 takes the number of cores.
  unsigned loops = 0;
  /// Serve the CLI on a 0600 Unix socket in the data directory.
  bool owner_socket = false;
  /// The environment variable that has the master keys (docs/operations.md);
  /// read once at the start, wiped and unset. Empty, or not set: files in the
  /// data directory have them.
  std::string master_key_variable = {};
  /// PEM file with trust anchors beside the system's; empty for none.
  std::string ca_pem_file = {};
  /// Time-outs of the way to a provider; unset: messages/limits.hpp.
  std::optional<std::chrono::milliseconds> connect_timeout = {};
  std::optional<std::chrono::milliseconds> first_byte_timeout = {};
  std::optional<std::chrono::milliseconds> idle_timeout = {};
  /// Admission; 0 takes the default of messages/limits.hpp.
  uint32_t in_flight_per_tenant = 0;
  uint32_t in_flight_total = 0;
  /// After how long without use a tenant sleeps; unset: limits::tenant_idle.
  std::optional<std::chrono::milliseconds> tenant_idle = {};
  /// How long turns under way go on with a key that was replaced, and calls
  /// with one that was deleted; 0 cuts them at once. Unset: limits::key_drain.
  std::optional<std::chrono::milliseconds> key_drain = {};
  log_fn log = {};
  /// Second places for the ledger's checkpoints (docs/ledger.md): a file on
  /// another volume, and the system log's "auth" or "authpriv". Empty: none.
  std::filesystem::path anchor_file = {};
  std::string anchor_syslog = {};

  // The host's own parts; null takes ours (messages/ports/host.hpp).
  std::shared_ptr<config_source> configs = {};
  std::shared_ptr<credential_source> credentials = {};
  std::shared_ptr<audit_sink> audit = {};
  std::shared_ptr<balance> balances = {};
};

// -- chat turns ---------------------------------------------------------------

/// Opens a chat turn.
struct turn_request {
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  turn_origin origin = {};
  /// Names the turn; empty: we make a UUIDv7.
  std::string id = {};
};

/// What a stream's receiver answers to each piece.
enum class flow : uint8_t {
  more,  ///< Go on.
  pause, ///< Read nothing more from the provider until `call::resume`.
};

/// Receives a streamed answer, on a loop thread; must not block.
struct stream_callbacks {
  std::function<flow(const delta& piece)> on_delta;
  /// Called exactly once, after the outcome is durable.
  std::function<void(expected<message_reply>)> on_done;
};

/// A running call. Copies refer to the same call; dropping them lets it run.
/// Thread-safe.
class BYOLLM_API call {
public:
  /// Ends the call with `errc::cancelled`; its socket is closed.
  void cancel() const;

  /// Goes on after `flow::pause`.
  void resume() const;

  const std::string& id() const noexcept;

  struct impl;
  explicit call(std::shared_ptr<impl> self) : impl_(std::move(self)) {
    // nop
  }

private:
  std::shared_ptr<impl> impl_;
};

/// The LLM that answers in one chat turn: the user's own, else the platform's.
/// Who that is was decided when the turn was opened and stays. Thread-safe.
class BYOLLM_API llm_accessor {
public:
  /// "anthropic", "openai", "local-ollama"; empty if nobody answers.
  const std::string& provider() const noexcept;

  const std::string& model() const noexcept;

  /// Whether the user's own LLM answers.
  bool is_byollm() const noexcept;

  /// Asks for a whole answer. The reply arrives after its outcome is durable.
  /// Errors: every `errc`; `failure::sent` tells whether the provider was
  /// asked.
  pending<message_reply> create_message(create_message_request request) const;

  /// The same with a callback, which runs on a loop thread.
  call create_message(create_message_request request,
                      std::function<void(expected<message_reply>)> done) const;

  /// Asks for an answer that arrives in pieces.
  call stream(create_message_request request, stream_callbacks to) const;

  /// Asks the LLM that answers for the models that its key may use, at most
  /// `limits::models_max`. A call like any other: recorded, bounded, retried.
  pending<std::vector<std::string>> models() const;

  struct impl;
  explicit llm_accessor(std::shared_ptr<impl> self) : impl_(std::move(self)) {
    // nop
  }

private:
  std::shared_ptr<impl> impl_;
};

/// What an extension's code gets for one chat turn: bound to tenant, user and
/// extension, which it cannot change. The turn ends when the last copy is gone.
/// Thread-safe.
class BYOLLM_API context {
public:
  llm_accessor llm() const;

  const identity& who() const noexcept;

  const std::string& turn() const noexcept;

  /// Writes a structured line with who and turn added.
  void log(log_level level, std::string_view text,
           log_fields fields = {}) const;

  explicit context(std::shared_ptr<llm_accessor::impl> self)
      : impl_(std::move(self)) {
    // nop
  }

private:
  std::shared_ptr<llm_accessor::impl> impl_;
};

// -- administration -----------------------------------------------------------

/// A user's (or, for the platform, the admin's) LLM as entered.
struct llm_settings {
  std::string provider = {};
  std::string model = {};
  /// Empty: the provider's own.
  std::string base_url = {};
  /// Set: the new key, wiped after use (empty text: "no key", where the
  /// provider allows that). Unset: keep the stored key; needs the same origin.
  std::optional<std::string> key = {};
  bool enabled = true;
  fallback_policy fallback = fallback_policy::error;
};

/// What may be shown of stored settings: no key.
struct llm_view {
  std::string provider = {};
  std::string model = {};
  std::string base_url = {};
  bool has_key = false;
  uint32_t key_version = 0;
  bool enabled = true;
  bool admin_disabled = false;
  fallback_policy fallback = fallback_policy::error;
  uint64_t epoch = 0;
  /// What was done to the input: "a trailing newline was removed from the key".
  std::vector<std::string> notices = {};
};

/// The platform's rules of the cascade; what is unset stays.
using platform_rules = platform_change::policy;

/// A price to set or remove.
using price_entry = platform_change::price_entry;

/// All prices, and what happens where there is none.
struct price_view {
  price_list prices = {};
  unknown_price_policy unknown_price = unknown_price_policy::unpriced;
};

/// What `resolve --explain` prints: the very plan that a call would run on.
struct explanation {
  answerer who = answerer::user;
  std::string provider = {};
  std::string model = {};
  std::string origin = {};
  bool is_byollm = false;
  billing_class billing = billing_class::platform;
  std::vector<provenance> params = {};
  /// One sentence per decision, in order.
  std::vector<std::string> reasons = {};
};

/// Changes and reads what admins and users configure. A change is durable, and
/// recorded in the ledger, before its result arrives. Thread-safe.
class BYOLLM_API admin_accessor {
public:
  // Users' own LLMs. `actor` names who acts, for the ledger.
  pending<llm_view> set_user_llm(std::string tenant, std::string user,
                                 llm_settings settings,
                                 std::string actor) const;
  pending<std::optional<llm_view>> user_llm(std::string tenant,
                                            std::string user) const;
  pending<unit> remove_user_llm(std::string tenant, std::string user,
                                std::string actor) const;
  /// The admin switches a user's own LLM off or on.
  pending<unit> disable_user_llm(std::string tenant, std::string user,
                                 bool disabled, std::string actor) const;

  /// Tests a stored LLM with a few real, minimal requests, each recorded like
  /// any call (source `test`), one attempt each, never the platform's LLM in
  /// the user's place. `actor` is recorded as the extension. Errors:
  /// `not_found`; `limit_exceeded` with `retry_after`
  /// (`limits::llm_tests_max`, per user); what keeps the runtime itself from
  /// asking. What is wrong with the LLM is no error, but a verdict.
  pending<llm_test> test_user_llm(std::string tenant, std::string user,
                                  std::string actor) const;
  pending<llm_test> test_platform_llm(std::string actor) const;
  /// Lists the models that the stored key may use. Errors: as for a test, and
  /// whatever the provider answers (`model_not_found` if it has no list).
  pending<std::vector<std::string>>
  user_models(std::string tenant, std::string user, std::string actor) const;
  pending<std::vector<std::string>> platform_models(std::string actor) const;

  // The platform's LLM and the admin's parameters.
  pending<llm_view> set_platform_llm(llm_settings settings,
                                     std::string actor) const;
  pending<std::optional<llm_view>> platform_llm() const;
  pending<unit> remove_platform_llm(std::string actor) const;
  pending<llm_view> set_second_choice(llm_settings settings,
                                      std::string actor) const;
  pending<unit> remove_second_choice(std::string actor) const;
  pending<unit> set_rules(platform_rules rules, std::string actor) const;
  /// Replaces the whole entry `name` (ignored for global and ceiling); empty
  /// parameters remove it.
  pending<unit> set_parameters(parameter_scope scope, std::string name,
                               parameters values, std::string actor) const;
  pending<parameter_view> parameter_table() const;

  /// Sets a price, or removes what matches if `price.per_million` is unset. A
  /// price counts from its moment on, for turns that open after the change.
  pending<unit> change_price(price_entry price, std::string actor) const;
  pending<price_view> price_table() const;

  /// Allows `base_url`'s origin for a tenant's keys (tenant "": the
  /// platform's).
  pending<unit> allow_origin(std::string tenant, std::string url, bool allowed,
                             std::string actor) const;
  pending<std::vector<std::string>> allowed_origins(std::string tenant) const;

  /// Trusts the authorities in `pem` for this tenant's users, beside those that
  /// everybody trusts, at the origins that the admin allowed for the tenant and
  /// nowhere else. Replaces what was there. Errors: `invalid_config` for
  /// anything but certificates of authorities, `limit_exceeded`.
  pending<unit> set_tenant_ca(std::string tenant, std::string pem,
                              std::string actor) const;
  /// Errors: `not_found`.
  pending<unit> remove_tenant_ca(std::string tenant, std::string actor) const;
  pending<std::optional<ca_view>> tenant_ca(std::string tenant) const;

  // The master keys.
  /// Finishes what an earlier rotation left, then adds a master key, which is
  /// the current one from then on, and wraps all stored keys under it; joins a
  /// rotation that runs. Arrives after the first batch; the others follow
  /// without being asked, after a crash at the next start. Errors:
  /// `limit_exceeded`, `invalid_config`, `store_unavailable`.
  pending<rewrap_progress> rotate_master_key(std::string actor) const;
  /// Arrives after the next batch of the rotation to `version`, or at once if
  /// that has ended: nothing is left then but what is unreadable.
  pending<rewrap_progress> follow_rotation(uint32_t version) const;
  /// Forgets a master key. Errors: `not_found`, `invalid_config` for the
  /// current one and while it wraps a stored key, `store_unavailable`.
  pending<unit> retire_master_key(uint32_t version, std::string actor) const;
  pending<master_key_list> master_keys() const;

  /// Returns the plan of a call with this purpose and these per-call values.
  pending<explanation> explain(turn_request turn, std::string purpose,
                               parameters per_call) const;

  // The ledger.
  pending<std::vector<ledger_row>> ledger_list(std::string tenant,
                                               std::string turn,
                                               uint64_t from_seq, size_t limit,
                                               bool newest_first) const;
  pending<std::vector<ledger_row>> ledger_list(ledger_filter which) const;
  /// Recomputes every hash, then the bill from the records. `anchors` is the
  /// text of an anchor file; empty for none.
  pending<ledger_verdict> ledger_verify(std::string anchors = {}) const;
  /// Proves each record of a call under a fresh checkpoint, oldest first: C2SP
  /// tlog-proofs. Errors: `not_found`.
  pending<std::vector<std::string>> ledger_prove(std::string tenant,
                                                 std::string call) const;
  /// Proves that a fresh checkpoint extends the first `old` records.
  pending<std::string> ledger_prove_extension(uint64_t old) const;
  /// Exports the ledger piece by piece, for byollm-verify: `records` is 0 and
  /// `which.from_seq` 1 for the first piece, then what that piece said. Records
  /// that do not match are withheld.
  pending<ledger_chunk> ledger_export(ledger_filter which,
                                      uint64_t records) const;
  pending<std::vector<ledger_stats_row>>
  ledger_stats(ledger_filter which) const;

  /// Tells what was used and what it costs, a row for each day, user,
  /// extension, purpose, class and model. Errors: `limit_exceeded`.
  pending<std::vector<usage_row>> usage(usage_filter which) const;

  struct impl;
  explicit admin_accessor(std::shared_ptr<impl> self) : impl_(std::move(self)) {
    // nop
  }

private:
  std::shared_ptr<impl> impl_;
};

// -- runtime ------------------------------------------------------------------

/// A running BYOLLM instance inside the host process. Several may live in one
/// process, each with its own data directory. Starts threads, never writes to
/// stdout, installs no signal handler, reads no file outside the data directory
/// but those named in the options. Thread-safe.
class BYOLLM_API runtime {
public:
  /// Opens the store, recovers, and starts. Errors: `store_*`,
  /// `invalid_config`.
  static expected<std::unique_ptr<runtime>> start(runtime_options options);

  /// Stops with `limits::stop_deadline`.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Opens a chat turn: decides who answers and pins it. Errors:
  /// `invalid_request`, `config_unavailable`, `overloaded`, `stopping`.
  pending<context> open_turn(turn_request request) const;

  admin_accessor admin() const;

  /// Cheap, and does not wait for the disk.
  runtime_stats stats() const;

  /// Refuses new turns, waits for running calls up to `deadline`, cuts the
  /// rest, and joins every thread. Idempotent. Returns whether nothing had to
  /// be cut. Errors: `would_deadlock` on one of the runtime's own threads.
  expected<bool> stop(std::chrono::milliseconds deadline);

private:
  friend class runtime_internals;
  struct impl;
  explicit runtime(std::unique_ptr<impl> self);
  std::unique_ptr<impl> impl_;
};

} // namespace byollm
