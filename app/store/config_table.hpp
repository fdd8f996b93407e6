// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/row_seal.hpp"
#include "app/store/sqlite.hpp"
#include "messages/ports/store.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace byollm {

/// The columns of an LLM's row, in the order that `read_llm` reads them.
extern const char* const llm_columns;
constexpr int llm_column_count = 13;
stored_user_config read_llm(const statement& row);

/// Reads and writes configurations; writes belong into the caller's
/// transaction. Not thread-safe.
class config_table {
public:
  /// `key` is the store's fingerprint key.
  static expected<config_table> open(database& db, byte_view key);

  /// What is saved from now on is of the ledger's record `seq`.
  void begin_change(uint64_t seq) noexcept {
    change_seq_ = seq;
    entered_.clear();
  }

  /// Tells that what was saved since `begin_change` is durable: what was stale
  /// and was entered again is not stale any more.
  void keep_change() noexcept {
    for (const auto& place : entered_)
      stale_.erase(place);
  }

  /// Notes in the seal that the rows are current up to the ledger's record
  /// `seq`; in the caller's transaction.
  status cover(uint64_t seq);

  // -- the rows and their seal ------------------------------------------------

  struct seal_state {
    enum class kind : uint8_t { fits, broken, none };
    kind is = kind::none;
    /// If it fits: up to which record of the ledger.
    uint64_t covered = 0;
  };

  expected<seal_state> compare_with_seal();

  /// The seal fits, and the ledger knows nothing later: from now on it is kept
  /// up. A seal that did not fit stays as it is until all rows are judged
  /// again, or a wrong sum would be sealed anew.
  void trust_seal() noexcept {
    is_sealed_ = true;
  }

  /// Seals what is there as current up to record `covered`. `change_of` tells
  /// each row's record, if they have none yet.
  status
  seal_as_is(uint64_t covered,
             const std::function<uint64_t(const config_place&)>& change_of);

  /// A row as it is stored.
  struct llm_row {
    std::string slot;
    stored_user_config row;
    bool has_mac = false;
    /// We wrote it, though perhaps not last.
    bool is_ours = false;
  };

  /// Passes on every LLM's row.
  status each_llm(const std::function<void(const llm_row&)>& take);

  /// From now on what is read there is marked as stale, until it is saved anew
  /// or removed.
  void mark_stale(config_place place);

  /// Refuses to save keys that the master key `version` wraps.
  void refuse_wraps_of(uint32_t version) {
    dropped_.insert(version);
  }

  expected<std::optional<stored_user_config>> load_user(std::string_view tenant,
                                                        std::string_view user);

  /// Those behind the name `after`, in the order of their names.
  expected<std::vector<stored_user_config>>
  list_users(std::string_view tenant, std::string_view after, size_t limit);

  status save_user(const stored_user_config& row);

  status remove_user(std::string_view tenant, std::string_view user);

  /// Nothing saved yet: the defaults.
  expected<stored_platform_config> load_platform();

  status save_platform(const stored_platform_config& row);

  expected<std::vector<std::string>> load_allowed(std::string_view tenant);

  /// Replaces all of the tenant's origins.
  status save_allowed(std::string_view tenant,
                      const std::vector<std::string>& origins);

  /// The tenant's allowed origins and certificates.
  expected<tenant_rules> load_rules(std::string_view tenant);

  /// Replaces the tenant's certificates; null removes them.
  status save_trust(std::string_view tenant, const ca_bundle_ptr& trust);

private:
  explicit config_table(row_seal seal) : seal_(std::move(seal)) {
    // nop
  }

  using place_key = std::tuple<std::string, std::string, std::string>;

  /// What is told of a row that is stale.
  static stored_user_config stale_row(std::string_view tenant,
                                      std::string_view user);
  bool is_stale(std::string_view slot, std::string_view tenant,
                std::string_view user) const;
  status note_in_seal(std::string_view slot, const stored_user_config* old,
                      const stored_user_config* now);
  expected<row_seal::content> sum_up();
  expected<seal_state> is_untouched();
  expected<std::optional<stored_user_config>> load_llm(std::string_view slot,
                                                       std::string_view tenant,
                                                       std::string_view user);
  expected<std::optional<stored_user_config>> read_row(std::string_view slot,
                                                       std::string_view tenant,
                                                       std::string_view user);
  status save_llm(std::string_view slot, std::string_view tenant,
                  std::string_view user, const stored_user_config& row);
  status remove_llm(std::string_view slot, std::string_view tenant,
                    std::string_view user);

  status load_prices(price_list& into);
  status save_prices(const price_list& prices);

  row_seal seal_;
  uint64_t change_seq_ = 0;
  bool is_sealed_ = false;
  std::set<place_key> stale_;
  /// Places of this change.
  std::vector<place_key> entered_;
  std::set<uint32_t> dropped_;
  statement load_llm_;
  statement each_llm_;
  statement list_users_;
  statement set_change_;
  statement save_llm_;
  statement remove_llm_;
  statement load_platform_;
  statement save_platform_;
  statement load_prices_;
  statement save_price_;
  statement clear_prices_;
  statement load_allowed_;
  statement save_allowed_;
  statement clear_allowed_;
  statement load_trust_;
  statement save_trust_;
  statement remove_trust_;
};

} // namespace byollm
