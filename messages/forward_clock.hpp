// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>

namespace byollm {

/// Moments since 1970 that never go back, for what ends at one: after an end
/// was reached it stays reached, and who may forget what has ended may do so.
/// It is the wall clock, until that is set back: then it goes on from where it
/// was, at the pace of a clock that nobody sets, until the wall clock has
/// caught up. A wall clock that is set on is followed at once. Thread-safe.
class forward_clock {
public:
  using ms_fn = std::function<int64_t()>;

  /// `elapsed_ms` is never set, and counts from anywhere.
  forward_clock(ms_fn wall_ms, ms_fn elapsed_ms)
      : wall_ms_(std::move(wall_ms)), elapsed_ms_(std::move(elapsed_ms)) {
    // nop
  }

  int64_t unix_ms();

private:
  const ms_fn wall_ms_;
  const ms_fn elapsed_ms_;
  std::mutex mutex_;
  bool has_begun_ = false;
  int64_t last_ms_ = 0;
  int64_t last_elapsed_ms_ = 0;
};

/// That of this process: ends are compared to the clock that they were set by.
int64_t unix_ms_forward();

} // namespace byollm
