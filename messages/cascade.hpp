// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chat.hpp"
#include "config.hpp"
#include "traits.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace byollm {

/// Who is asked in an attempt.
enum class answerer : uint8_t { user = 0, platform = 1, second_choice = 2 };

BYOLLM_API std::string_view to_string(answerer value) noexcept;

/// What a chat turn pinned at its start: all its calls run on this.
struct resolution {
  identity who;
  user_lookup user = {};
  std::shared_ptr<const platform_config> platform = {};
  provider_table_ptr providers = {};
  /// What bounds the extension's calls; null for nothing. Tests of an LLM are
  /// not an extension's.
  std::shared_ptr<const extension_policy> policy = {};
  /// A test of an LLM: its user may look at it before switching it on.
  bool is_test = false;
};

/// An attempt that failed, as far as the cascade must know.
struct failed_attempt {
  answerer who = answerer::user;
  failure why = {};
  /// Whether a byte of its answer reached the caller.
  bool caller_saw_bytes = false;
};

/// The next attempt to make.
struct attempt_plan {
  answerer who = answerer::user;
  llm_target::ptr target = {};
  std::string model = {};
  /// What goes to the provider.
  parameters params = {};
  /// One entry per parameter, in the order of `all_parameters`.
  std::vector<provenance> provenances = {};
  /// How long to wait before sending.
  std::chrono::milliseconds delay{0};
  /// The provider whose failure led here; empty on the first choice.
  std::string fallback_from = {};
};

} // namespace byollm
