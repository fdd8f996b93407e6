// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"
#include "messages/ports/retries.hpp"

#include <array>
#include <cstdint>

namespace byollm {

/// One tenant's calls and retries of the last ten seconds, and so whether it
/// may try again. Pure but for its own numbers; one thread at a time.
class retry_window {
public:
  using time_point = retry_budget::time_point;

  /// A call begins.
  void called(time_point now) noexcept;

  /// Counts a retry, if one is left.
  retry_right take(time_point now) noexcept;

  /// Whether nothing is in the window any more.
  bool is_empty(time_point now) const noexcept;

private:
  static constexpr auto slot_length = limits::retry_window / 10;
  /// One more than the window has: it is never shorter than it should be.
  static constexpr int64_t slot_count = limits::retry_window / slot_length + 1;
  static_assert(limits::retry_window % slot_length == slot_length.zero());

  struct slot {
    int64_t number = -slot_count;
    uint64_t calls = 0;
    uint64_t retries = 0;
  };

  static int64_t number_of(time_point now) noexcept;
  slot& slot_of(int64_t number) noexcept;
  bool has_retry_left(int64_t number) const noexcept;

  std::array<slot, slot_count> slots_ = {};
  int64_t touched_ = -slot_count;
  int64_t denied_ = -slot_count;
};

} // namespace byollm
