// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// What a million tokens of each kind cost, in micro-units of the platform's
/// currency. An empty price is no price: tokens of that kind cannot be billed,
/// which is not the same as a price of 0.
struct token_prices {
  std::optional<uint64_t> input_uncached = {};
  std::optional<uint64_t> cache_read = {};
  std::optional<uint64_t> cache_write = {};
  std::optional<uint64_t> output = {};

  bool operator==(const token_prices&) const = default;
};

/// The prices of one model from a moment on, until the next entry of the same
/// model takes over.
struct model_price {
  std::string provider = {};
  std::string model = {};
  int64_t effective_unix_ms = 0;
  /// The version of the platform's configuration that set it; never used twice.
  uint64_t version = 0;
  token_prices per_million = {};

  bool operator==(const model_price&) const = default;
};

/// Ascending by provider, model and moment; no two entries agree in all three.
using price_list = std::vector<model_price>;

/// What happens to a platform call that no price covers.
enum class unknown_price_policy : uint8_t {
  unpriced = 0, ///< It runs and is recorded as unpriced: held, not free.
  refuse = 1,   ///< It is refused before any attempt.
};

BYOLLM_API std::string_view to_string(unknown_price_policy value) noexcept;

/// Why an amount is not known.
enum class unpriced : uint8_t {
  none = 0,           ///< It is known.
  no_price = 1,       ///< No entry was in force for this model.
  no_token_price = 2, ///< Tokens were used that the entry has no price for.
  unknown_usage = 3,  ///< A count that has a price is not known.
  too_large = 4,      ///< The amount does not fit 63 bits.
};

BYOLLM_API std::string_view to_string(unpriced value) noexcept;

/// What an attempt costs.
struct cost {
  /// In micro-units of the platform's currency; empty: unpriced, never 0.
  std::optional<uint64_t> micro = {};
  /// The version of the price that was looked at; 0 if there was none.
  uint64_t price_version = 0;
  unpriced why = unpriced::none;

  bool operator==(const cost&) const = default;
};

/// Returns the entry in force at `unix_ms`, or null.
BYOLLM_API const model_price* find_price(const price_list& prices,
                                         std::string_view provider,
                                         std::string_view model,
                                         int64_t unix_ms) noexcept;

/// Returns what `usage` costs at the entry in force at `unix_ms`: the exact sum
/// over the four kinds, rounded once, half up. `reasoning` is part of `output`.
/// Pure; right for every count and every price up to limits::price_micro_max.
BYOLLM_API cost price_usage(const token_usage& usage, const price_list& prices,
                            std::string_view provider, std::string_view model,
                            int64_t unix_ms) noexcept;

} // namespace byollm
