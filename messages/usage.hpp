// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reply.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace byollm {

/// What the attempts of one day that agree in all of these used and cost. Sums
/// are of what is known, and stop at 2^63 - 1: `unknown_usage` and `unpriced`
/// tell how many attempts are not in them.
struct usage_row {
  /// In UTC, of the attempts' ends.
  std::chrono::sys_days day = {};
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  std::string purpose = {};
  billing_class billing = billing_class::byollm;
  std::string provider = {};
  std::string model = {}; ///< As it was asked for.
  uint64_t attempts = 0;
  /// Attempts that told neither input nor output, or only one of them.
  uint64_t unknown_usage = 0;
  /// Attempts whose cost is held, because a price or a count was missing.
  uint64_t unpriced = 0;
  uint64_t input_uncached = 0;
  uint64_t cache_read = 0;
  uint64_t cache_write = 0;
  uint64_t output = 0;
  uint64_t reasoning = 0;
  /// In micro-units of the platform's currency.
  uint64_t cost_micro = 0;

  bool operator==(const usage_row&) const = default;
};

/// Which usage; what is empty matches all.
struct usage_filter {
  std::optional<std::chrono::sys_days> first_day = {};
  std::optional<std::chrono::sys_days> last_day = {}; ///< Included.
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  std::optional<std::string> purpose = {};
  std::optional<billing_class> billing = {};
  std::string provider = {};
  std::string model = {};
};

} // namespace byollm
