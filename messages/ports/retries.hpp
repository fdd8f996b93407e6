// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace byollm {

/// What a tenant that wants to try again is told.
enum class retry_right : uint8_t {
  granted,
  denied,
  denied_first, ///< Denied, and nobody was in the window before.
};

/// One tenant's budget of retries, shared by its turns (docs/adr/0032).
/// Thread: any loop's; waits for nobody.
class retry_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~retry_budget() = default;

  /// A call begins. Its retries, and its attempts at another LLM, are no calls.
  virtual void called(time_point now) = 0;

  /// Counts a retry, if one is left.
  virtual retry_right take(time_point now) = 0;
};

/// The budgets of all tenants: one of these for all loops, so that a cap is a
/// cap. Thread: any loop's; waits for nobody.
class retry_budgets {
public:
  virtual ~retry_budgets() = default;

  /// Returns a tenant's budget; keep it for the turn.
  virtual std::shared_ptr<retry_budget> of(const std::string& tenant,
                                           retry_budget::time_point now)
    = 0;
};

} // namespace byollm
