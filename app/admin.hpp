// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/llm_test.hpp"
#include "../messages/master_keys.hpp"
#include "../messages/ports/host.hpp"
#include "../messages/reader.hpp"
#include "../messages/settings.hpp"
#include "../messages/usage.hpp"
#include "context.hpp"
#include "pending.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace byollm {

/// A user's (or, for the platform, the admin's) LLM as entered.
struct llm_settings {
  std::string provider = {};
  /// May be empty for a user's own LLM while it is switched off: its models can
  /// be listed then.
  std::string model = {};
  /// Empty: the provider's own.
  std::string base_url = {};
  /// Set: the new key, wiped after use (empty text: "no key", where the
  /// provider allows that). Unset: keep the stored key; needs the same origin.
  std::optional<std::string> key = {};
  /// Unset: as it was, which a notice tells if it is off; on if it is new.
  std::optional<bool> enabled = {};
  fallback_policy fallback = fallback_policy::error;
  /// Makes vectors of texts. Empty: the provider's own choice ("openai" has
  /// one, "local-ollama" has none).
  std::string embedding_model = {};
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
  std::string embedding_model = {};
  /// Set while the provider refuses the key: from the first call that it
  /// refused (401, 403) to the first that it answers, or to a new key.
  std::optional<key_refusal> refused = {};
};

/// A user who has an LLM of their own.
struct user_llm_entry {
  std::string user = {};
  /// Not set if what is stored was changed behind the store's back.
  std::optional<llm_view> llm = {};
};

/// Some of a tenant's users, in the order of their names.
struct user_llm_page {
  std::vector<user_llm_entry> users = {};
  /// Whether there are others behind them.
  bool has_more = false;
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
  /// Returns one whose reads (the ledger, usage, `user_llms`) are for `who`.
  /// Each of these has a place of `limits::reads_max` while it is under way;
  /// without one: `overloaded` with `retry_after`, at once.
  admin_accessor for_reader(reader who) const;

  // Users' own LLMs. `actor` names who acts, for the ledger.
  pending<llm_view> set_user_llm(std::string tenant, std::string user,
                                 llm_settings settings,
                                 std::string actor) const;
  pending<std::optional<llm_view>> user_llm(std::string tenant,
                                            std::string user) const;
  /// Lists users who have an LLM of their own, those behind the name `after`;
  /// at most `limit`, and limits::users_listed_max. Errors: `invalid_config` if
  /// the host keeps the configurations.
  pending<user_llm_page> user_llms(std::string tenant, std::string after,
                                   size_t limit) const;
  pending<unit> remove_user_llm(std::string tenant, std::string user,
                                std::string actor) const;
  /// The admin switches a user's own LLM off or on. It stays off when its user
  /// removes it, key and all, and enters it again. Errors: `not_found`.
  pending<unit> disable_user_llm(std::string tenant, std::string user,
                                 bool disabled, std::string actor) const;

  /// Tests a stored LLM with a few real, minimal requests, each recorded like
  /// any call (source `test`), one attempt each, never the platform's LLM in
  /// the user's place. `actor` is recorded as the extension. Errors:
  /// `not_found`; `limit_exceeded` with `retry_after`
  /// (`limits::llm_tests_max`, per user); what keeps the runtime itself from
  /// asking. What is wrong with the LLM is no error, but a verdict.
  /// `on_stage` is told, on a thread of the runtime, of each stage once it is
  /// decided, in order; the result tells all of them. A user's own LLM is
  /// tested also while its user has it switched off.
  pending<llm_test> test_user_llm(std::string tenant, std::string user,
                                  std::string actor,
                                  stage_fn on_stage = {}) const;
  pending<llm_test> test_platform_llm(std::string actor,
                                      stage_fn on_stage = {}) const;
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
  pending<std::optional<llm_view>> second_choice() const;
  pending<unit> remove_second_choice(std::string actor) const;
  pending<unit> set_rules(platform_rules rules, std::string actor) const;
  /// Returns the rules as they are, each set.
  pending<platform_rules> rules() const;
  /// Replaces the whole entry `name` (ignored for global and ceiling); empty
  /// parameters remove it.
  pending<unit> set_parameters(parameter_scope scope, std::string name,
                               parameters values, std::string actor) const;
  pending<parameter_view> parameter_table() const;

  /// Sets what `extension` ("*": each that has no policy of its own) may do
  /// from the next turn on, or removes that. Errors: `invalid_config`,
  /// `limit_exceeded`, `not_found`.
  pending<unit> set_policy(std::string extension,
                           std::optional<extension_policy> may,
                           std::string actor) const;
  pending<policy_table> policies() const;

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

} // namespace byollm
