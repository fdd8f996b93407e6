// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "ports/vault.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace byollm {

/// A key on its way into the store: locked memory, readable by the vault only.
using key_slip = std::shared_ptr<const opened_key>;

/// An LLM as somebody wants it configured.
struct llm_change {
  std::string provider = {};
  std::string model = {};
  std::string base_url = {}; ///< Empty: the provider's own.
  /// Null: keep the stored key. Empty bytes: this LLM takes no key.
  key_slip key = {};
  /// Unset: as it was; on if it is new.
  std::optional<bool> enabled = {};
  fallback_policy fallback = fallback_policy::error;
  /// Makes vectors of texts; empty: the provider's own choice.
  std::string embedding_model = {};
};

/// A change of one user's configuration; without `llm` it is removed.
struct user_change {
  tenant_id tenant;
  user_id user;
  std::optional<llm_change> llm = {};
  /// Set: only switch it on or off for the admin; `llm` is not looked at.
  std::optional<bool> admin_disabled = {};
  std::string actor = {};
};

/// A change of a tenant's allow-list ("" is the platform's).
struct origin_change {
  std::string tenant = {};
  std::string origin = {};
  bool allowed = true;
  std::string actor = {};
};

/// The admin's parameters, as one value.
struct parameter_view {
  parameters global = {};
  std::map<std::string, parameters> per_purpose = {};
  std::map<std::string, parameters> per_extension = {};
  parameters ceilings = {};
};

/// A change of who vouches for the servers of a tenant; null: nobody beside
/// those who vouch for all.
struct trust_change {
  std::string tenant = {};
  ca_bundle_ptr trust = {};
  std::string actor = {};
};

/// What may be shown of a configured LLM: no key.
struct llm_summary {
  std::string provider = {};
  std::string model = {};
  std::string base_url = {};
  std::string embedding_model = {};
  bool has_key = false;
  uint32_t key_version = 0;
  bool enabled = true;
  bool admin_disabled = false;
  fallback_policy fallback = fallback_policy::error;
  uint64_t epoch = 0;
  /// Set while the provider refuses the key.
  std::optional<key_refusal> refused = {};
};

enum class parameter_scope : uint8_t { global, purpose, extension, ceiling };

BYOLLM_API std::string_view to_string(parameter_scope value) noexcept;

/// A change of the platform's configuration: exactly one part is set.
struct platform_change {
  struct parameter_entry {
    parameter_scope scope = parameter_scope::global;
    std::string name = {};
    parameters values = {}; ///< Empty removes the entry.
  };
  struct policy {
    std::optional<disabled_policy> when_disabled = {};
    std::optional<bool> caller_may_name_model = {};
    std::optional<uint32_t> ambiguous_retries = {};
    std::optional<unknown_price_policy> unknown_price = {};

    bool operator==(const policy&) const = default;
  };
  struct price_entry {
    std::string provider = {};
    std::string model = {};
    /// Unset: from now on; with a removal, whatever the moment.
    std::optional<int64_t> effective_unix_ms = {};
    /// Empty removes what matches.
    std::optional<token_prices> per_million = {};
  };
  struct policy_entry {
    /// An extension, or `any_extension`.
    std::string extension = {};
    std::optional<extension_policy> may = {}; ///< Empty removes the entry.
  };
  enum class part : uint8_t {
    llm,
    second_choice,
    table,
    rules,
    price,
    extension
  };
  part what = part::llm;
  std::optional<llm_change> llm = {}; ///< Empty with llm parts: remove.
  parameter_entry entry = {};
  policy rules = {};
  price_entry price = {};
  policy_entry extension = {};
  std::string actor = {};
};

} // namespace byollm
