// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/traits.hpp"

#include <cstdint>
#include <string_view>

namespace byollm::kinds {

/// How a model of Anthropic's is made to think.
enum class thinks : uint8_t {
  by_budget, ///< Within a number of tokens; not, unless told so.
  by_effort, ///< As much as it will, or not at all.
  always,    ///< As much as it will; it cannot be kept from it.
};

/// Which of temperature and top_p it takes.
enum class samples : uint8_t { by_both, by_one, by_none };

/// A family of models: those whose names begin with `prefix`. Source: the
/// migration guides on platform.claude.com, read 2026-11.
struct anthropic_model {
  std::string_view prefix;
  thinks how = thinks::by_effort;
  samples takes = samples::by_both;
  /// Its thoughts come without text unless the text is asked for.
  bool hides_thoughts = false;
};

/// Returns what is known of `model`; of a model that we do not know, that it
/// thinks by effort and takes everything.
const anthropic_model& anthropic_model_of(std::string_view model) noexcept;

/// The version of the API that we speak.
inline constexpr std::string_view anthropic_version = "2023-06-01";

/// Returns what the cascade must know of Anthropic.
provider_traits anthropic_traits();

/// Every family that we know, the longer prefix first.
inline constexpr anthropic_model anthropic_models[] = {
  {"claude-3", thinks::by_budget},
  {"claude-opus-4-0", thinks::by_budget},
  {"claude-opus-4-2", thinks::by_budget}, // a date
  {"claude-opus-4-1", thinks::by_budget, samples::by_one},
  {"claude-opus-4-5", thinks::by_budget, samples::by_one},
  {"claude-sonnet-4-0", thinks::by_budget},
  {"claude-sonnet-4-2", thinks::by_budget}, // a date
  {"claude-sonnet-4-5", thinks::by_budget, samples::by_one},
  {"claude-haiku-4", thinks::by_budget, samples::by_one},
  {"claude-opus-4-6", thinks::by_effort, samples::by_one},
  {"claude-sonnet-4-6", thinks::by_effort, samples::by_one},
  {"claude-opus-4-7", thinks::by_effort, samples::by_none, true},
  {"claude-opus-4-8", thinks::by_effort, samples::by_none, true},
  {"claude-opus-5-5", thinks::always, samples::by_none, true},
  {"claude-opus-5", thinks::by_effort, samples::by_none, true},
  {"claude-sonnet-5-5", thinks::always, samples::by_none, true},
  {"claude-sonnet-5", thinks::by_effort, samples::by_none, true},
  {"claude-fable", thinks::always, samples::by_none, true},
  {"claude-mythos", thinks::always, samples::by_none, true},
};

} // namespace byollm::kinds
