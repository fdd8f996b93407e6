// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/ports/store.hpp"
#include "messages/settings.hpp"
#include "messages/traits.hpp"

#include <optional>
#include <span>
#include <string>

namespace byollm {

/// Returns whether `key` may be stored for an LLM: 1 to limits::key_bytes_max
/// visible ASCII bytes. Errors: `invalid_key`; its text holds no byte of the
/// key.
status check_key(std::string_view key);

/// Returns whether `model` may name a model: 1 to limits::model_bytes_max bytes
/// of visible ASCII. Errors: `invalid_config`.
status check_model(const std::string& model);

/// Returns the providers' names, for people.
std::string known_names(const provider_table& providers);

/// A change of an LLM that passed every rule, and the row it makes. The row's
/// envelope is still the old one (or empty) if `seal` is set.
struct checked_change {
  stored_user_config row;
  /// What the new key must be sealed for; unset: the stored key stays.
  std::optional<key_binding> seal;
};

/// What a change is checked against.
struct change_frame {
  std::string tenant; ///< Empty with `user` for the platform.
  std::string user;
  std::optional<stored_user_config> old;
  std::span<const std::string> allowed; ///< Origins the admin allowed.
  const provider_table& providers;
  std::string new_key_id; ///< Names the key if there was none.
};

/// Checks `wanted` against the catalog, the allowed origins and what is stored,
/// and makes the next row. The stored key is kept only for the same provider
/// and origin. Pure. Errors: `invalid_config`, `invalid_key`, `origin_denied`,
/// `key_rebind`.
expected<checked_change> check_change(const llm_change& wanted,
                                      const change_frame& frame);

/// Returns what is left of a row that is removed while the admin has it
/// disabled: that, and no key. Else removing and entering it again would enable
/// it.
stored_user_config mark_of(const stored_user_config& removed);

/// Whether `row` is what `mark_of` left.
bool is_mark(const stored_user_config& row) noexcept;

/// Returns what the key of a stored row is bound to. Errors: `invalid_config`.
expected<key_binding> binding_of(const stored_user_config& row);

/// Builds the target that a stored row describes. `trust` counts only where the
/// admin allowed the origin: a tenant's authority vouches for the tenant's own
/// servers, not for those that everybody uses. Errors: `invalid_config`,
/// `origin_denied` (the admin withdrew the origin).
expected<llm_target::ptr> restore_target(const stored_user_config& row,
                                         std::span<const std::string> allowed,
                                         ca_bundle_ptr trust = {});

/// Builds a user's configuration from its row. Errors: as `restore_target`.
expected<std::shared_ptr<const user_config>>
restore_user(const stored_user_config& row, const tenant_rules& rules);

/// The platform's configuration as its row describes it.
struct restored_platform {
  std::shared_ptr<const platform_config> config;
  /// Why an LLM of it is left out, `errc::none` if none is: one that cannot be
  /// used must not keep the runtime from starting, nor from being mended.
  failure unusable = {};
};

/// Builds the platform's configuration from its row.
restored_platform restore_platform(const stored_platform_config& row,
                                   std::span<const std::string> allowed);

/// Returns what may be shown of a row.
llm_summary summarize(const stored_user_config& row);

} // namespace byollm
