// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../config.hpp"
#include "../ledger.hpp"
#include "../reader.hpp"
#include "../usage.hpp"
#include "vault.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace byollm {

/// Appends to the ledger. Callbacks come from the store's writer thread.
class ledger_store {
public:
  virtual ~ledger_store() = default;

  /// Makes the whole batch durable in one commit and then calls `done` with the
  /// sequence number of its first record (they are consecutive), or with the
  /// failure that kept all of them out: `audit_unavailable`, or
  /// `invalid_request` if one of them is what kept the others out, too.
  /// Thread: any. Ownership: takes the batch.
  virtual void append(std::vector<ledger_entry> batch,
                      std::function<void(expected<uint64_t>)> done)
    = 0;

  /// Returns success if a call may begin, or the `audit_unavailable` that its
  /// intent would get. Thread: any; cheap.
  virtual status takes_intents() const {
    return unit{};
  }
};

/// Whom to tell what was read; `cancelled` if they have gone by then.
template <class T>
struct reading {
  template <class Tell>
  requires std::invocable<Tell&, expected<T>> reading(Tell to,
                                                      gone_flag flag = {})
      : tell(std::move(to)), gone(std::move(flag)) {
    // nop
  }

  std::function<void(expected<T>)> tell;
  gone_flag gone;
};

/// Reads the ledger, through its owner. Callbacks come from the writer thread.
class ledger_reader {
public:
  using filter = ledger_filter;

  virtual ~ledger_reader() = default;

  virtual void list(filter which, reading<std::vector<ledger_row>> to) = 0;

  /// Recomputes every leaf and every batch root from the stored bytes, and
  /// compares them with the checkpoints and with `anchors`, the text of an
  /// anchor file. Errors: `not_found` if that text is not empty and has none of
  /// this ledger.
  virtual void verify(std::string anchors, reading<ledger_verdict> to) = 0;

  /// Makes a checkpoint over all that is there and returns its number of
  /// records. Errors: why it could not be made.
  virtual void seal(std::function<void(expected<uint64_t>)> done) = 0;

  /// Proves each record of a call under a fresh checkpoint; oldest first.
  /// Errors: `not_found`.
  virtual void prove(std::string tenant, std::string call,
                     reading<std::vector<std::string>> to)
    = 0;

  /// Proves that a fresh checkpoint extends the tree of the first `old`
  /// records. Errors: `invalid_request`.
  virtual void prove_extension(uint64_t old, reading<std::string> to) = 0;

  /// Returns the piece of an export that begins at `which.from_seq`; `records`
  /// is 0 for the first one, which makes a checkpoint, and the first one's
  /// after that.
  virtual void export_piece(filter which, uint64_t records,
                            reading<ledger_chunk> to)
    = 0;

  /// Counts the outcomes that match, by day and so on, ascending.
  virtual void stats(filter which, reading<std::vector<ledger_stats_row>> to)
    = 0;

  /// Recomputes from the records what each outcome is billed as and what a day
  /// sums up to, and compares it with what is stored. The verdict names the
  /// first outcome that is billed otherwise, or 0 if only a sum is wrong.
  virtual void check_bill(reading<ledger_verdict> to) = 0;

  /// Sums what the outcomes of some days used and cost; ascending by day, then
  /// by the other columns. What is read in slices is not of one moment: of a
  /// day that is not over some rows may know more than others. Errors:
  /// `limit_exceeded` over limits::usage_rows_max.
  virtual void usage(usage_filter which, reading<std::vector<usage_row>> to)
    = 0;

  /// Whether a call id is in the ledger, and if so how its last attempt ended.
  struct past_call {
    bool known = false;
    std::optional<call_status> status = {};
  };
  virtual void find_call(std::string tenant, std::string call,
                         std::function<void(expected<past_call>)> done)
    = 0;
};

/// One user's configuration as the store keeps it, key sealed.
struct stored_user_config {
  std::string tenant;
  std::string user;
  std::string provider;
  std::string model;
  std::string base_url;
  /// Empty: the provider's own choice.
  std::string embedding_model = {};
  bool enabled = true;
  bool admin_disabled = false;
  fallback_policy fallback = fallback_policy::error;
  uint64_t epoch = 1;
  std::string key_id = {};
  uint32_t key_version = 0;
  uint64_t row_version = 0;
  /// Empty: this LLM takes no key.
  std::vector<uint8_t> envelope = {};
  /// The ledger's record of the row's last change; the store sets it.
  uint64_t change_seq = 0;
  /// Not what the ledger says was stored last: an old row was put back, or one
  /// was edited or deleted behind the store's back. Only who it belongs to is
  /// known.
  bool is_stale = false;
  /// Set while the provider refuses this key: what the ledger's outcomes say,
  /// not what is stored with the row.
  std::optional<key_refusal> refused = {};
};

/// Whose row it is, in the order of the store.
struct config_place {
  std::string slot = {};
  std::string tenant = {};
  std::string user = {};
};

/// Asks for some stored keys to be wrapped anew.
struct rewrap_order {
  /// The master key that they should be under.
  uint32_t version = 0;
  /// Where the batch before this one ended.
  config_place after = {};
  /// Wraps one row's key. Thread: the store's writer thread.
  std::function<expected<sealed_key>(const stored_user_config& row)> wrap = {};
};

/// One batch of a rewrap.
struct rewrap_batch {
  uint64_t rewrapped = 0;
  uint64_t unreadable = 0;
  /// Where the next batch begins; nothing after the last one.
  std::optional<config_place> next = {};
};

/// The platform's configuration as the store keeps it. LLMs use the user row's
/// form with empty tenant and user; `second_choice` likewise.
struct stored_platform_config {
  std::optional<stored_user_config> llm = {};
  std::optional<stored_user_config> second_choice = {};
  parameters global = {};
  std::map<std::string, parameters> per_purpose = {};
  std::map<std::string, parameters> per_extension = {};
  parameters ceilings = {};
  policy_table policies = {};
  disabled_policy when_disabled = disabled_policy::platform;
  bool caller_may_name_model = false;
  uint32_t ambiguous_retries = 1;
  price_list prices = {};
  unknown_price_policy unknown_price = unknown_price_policy::unpriced;
  uint64_t version = 1;
};

/// Where a tenant's keys may go, and who vouches for the servers there.
struct tenant_rules {
  /// Origins (`origin::str()`) that the admin allowed.
  std::vector<std::string> allowed = {};
  /// Null: nobody beside those who vouch for all.
  ca_bundle_ptr trust = {};
};

/// Keeps configurations. A change and its ledger record are one transaction.
/// Callbacks come from the writer thread.
class config_store {
public:
  virtual ~config_store() = default;

  /// Finds one user's configuration; an empty optional means there is none.
  virtual void load_user(
    std::string tenant, std::string user,
    std::function<void(expected<std::optional<stored_user_config>>)> done)
    = 0;

  /// Lists those of a tenant's users who have one, behind the name `after`, in
  /// the order of their names, at most `limit`.
  virtual void list_users(std::string tenant, std::string after, size_t limit,
                          reading<std::vector<stored_user_config>> to)
    = 0;

  /// Replaces one user's configuration.
  virtual void save_user(stored_user_config row, change_record why,
                         std::function<void(status)> done)
    = 0;

  /// Deletes one user's configuration, ciphertext included.
  virtual void remove_user(std::string tenant, std::string user,
                           change_record why, std::function<void(status)> done)
    = 0;

  /// Replaces one user's configuration by one without a key; the ciphertext
  /// goes as by `remove_user`.
  virtual void strip_user(stored_user_config left, change_record why,
                          std::function<void(status)> done)
    = 0;

  virtual void
  load_platform(std::function<void(expected<stored_platform_config>)> done)
    = 0;

  virtual void save_platform(stored_platform_config row, change_record why,
                             std::function<void(status)> done)
    = 0;

  /// Origins (`origin::str()`) that the admin allowed; tenant "" is the
  /// platform.
  virtual void
  load_allowed(std::string tenant,
               std::function<void(expected<std::vector<std::string>>)> done)
    = 0;

  virtual void save_allowed(std::string tenant,
                            std::vector<std::string> origins, change_record why,
                            std::function<void(status)> done)
    = 0;

  virtual void load_rules(std::string tenant,
                          std::function<void(expected<tenant_rules>)> done)
    = 0;

  /// Replaces a tenant's certificates; null removes them.
  virtual void save_trust(std::string tenant, ca_bundle_ptr trust,
                          change_record why, std::function<void(status)> done)
    = 0;
};

/// Keeps what master keys wrap, and records how they come and go. Callbacks
/// come from the writer thread.
class wrap_store {
public:
  virtual ~wrap_store() = default;

  /// Wraps up to limits::rewrap_batch stored keys anew, in one commit.
  virtual void rewrap(rewrap_order what,
                      std::function<void(expected<rewrap_batch>)> done)
    = 0;

  /// Counts the stored keys that each master key wraps.
  virtual void
  count_wraps(std::function<void(expected<std::map<uint32_t, uint64_t>>)> done)
    = 0;

  /// Gets a change of the master keys ready; called on the writer thread.
  using stage_keys = std::function<expected<staged_keys_ptr>()>;

  /// Adds a master key: gets it ready, records it, and only then makes the
  /// change, so that no key comes or goes without a record. If that last step
  /// fails its record stays, and the change can be asked for again.
  virtual void add_master_key(stage_keys stage, change_record why,
                              std::function<void(status)> done)
    = 0;

  /// Drops master key `version` in the same way; from then on no key is saved
  /// that it wraps. Errors: `invalid_config` while it wraps a stored key.
  virtual void drop_master_key(uint32_t version, stage_keys stage,
                               change_record why,
                               std::function<void(status)> done)
    = 0;
};

} // namespace byollm
