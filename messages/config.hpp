// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "parameters.hpp"
#include "policy.hpp"
#include "prices.hpp"
#include "target.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace byollm {

/// What happens when the user's own LLM fails.
enum class fallback_policy : uint8_t {
  error = 0,    ///< The call fails; nothing goes to the platform.
  platform = 1, ///< The user agreed: the platform answers, and bills.
};

BYOLLM_API std::string_view to_string(fallback_policy value) noexcept;

/// A key that its provider refused, and has not taken since.
struct key_refusal {
  errc code = errc::authentication; ///< Or `permission`.
  /// When it was refused first.
  int64_t since_unix_ms = 0;

  bool operator==(const key_refusal&) const = default;
};

/// One user's own LLM.
struct user_config {
  llm_target::ptr target;
  bool enabled = true;
  /// The admin switched it off for this tenant or user.
  bool admin_disabled = false;
  fallback_policy fallback = fallback_policy::error;
  /// Grows with each change of this user's configuration.
  uint64_t epoch = 1;
};

/// What a look-up of a user's configuration found. Absent and broken are
/// different answers: only absent goes on to the platform.
struct user_lookup {
  enum class state : uint8_t { absent, present, broken };
  state is = state::absent;
  std::shared_ptr<const user_config> config = {}; ///< With `present`.
  failure why = {};                               ///< With `broken`.
};

/// What the admin decides about a user whose own LLM the admin disabled.
enum class disabled_policy : uint8_t { platform, refuse };

/// The platform's LLM and the admin's parameters.
struct platform_config {
  /// Null also while it is switched off.
  llm_target::ptr llm = {};
  /// Answers when `llm` fails, if the admin named one that is on.
  llm_target::ptr second_choice = {};
  parameters global = {};
  std::map<std::string, parameters> per_purpose = {};
  std::map<std::string, parameters> per_extension = {};
  /// Upper bounds of the numbers; a higher value is clamped, and so is
  /// `max_tokens` where nobody set it.
  parameters ceilings = {};
  policy_table policies = {};
  disabled_policy when_disabled = disabled_policy::platform;
  /// Whether a caller may name another model of the provider that answers.
  bool caller_may_name_model = false;
  /// Attempts after a connection died with the request begun (0 or 1).
  uint32_t ambiguous_retries = 1;
  price_list prices = {};
  unknown_price_policy unknown_price = unknown_price_policy::unpriced;
  uint64_t version = 1;
  /// The LLM while it is switched off: asked by the admin's tests alone.
  llm_target::ptr switched_off = {};
};

} // namespace byollm
