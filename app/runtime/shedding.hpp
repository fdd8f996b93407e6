// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/admission.hpp"
#include "messages/errors.hpp"

#include <chrono>
#include <optional>

namespace byollm {

/// What becomes of calls that admission does not let in: they are counted, told
/// when to come back, and one a second and tenant leaves a row in the ledger,
/// which tells of those before it. Thread-safe, lock-free.
class shedding {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Counts a call that is not let in. Returns what its caller is told:
  /// `overloaded` with a time that differs from caller to caller, or
  /// `stopping`. Not for `in`.
  failure refuse(admission::verdict why) noexcept;

  uint64_t at_own_limit() const noexcept {
    return own_limit_.load(std::memory_order_relaxed);
  }

  uint64_t for_scarcity() const noexcept {
    return scarce_.load(std::memory_order_relaxed);
  }

  /// Whether the tenant's next refused call at `now` leaves a row.
  static bool is_row_due(const admission::tenant& of, time_point now) noexcept;

  /// Returns how many of the tenant's refused calls left no row since the last
  /// one, if this one leaves a row; else counts it as one of them.
  static std::optional<uint64_t> take_row(admission::tenant& of,
                                          time_point now) noexcept;

private:
  std::atomic<uint64_t> own_limit_{0};
  std::atomic<uint64_t> scarce_{0};
};

} // namespace byollm
