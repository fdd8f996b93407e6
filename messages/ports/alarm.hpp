// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace byollm {

/// Calls back later. One per loop; under test a virtual clock.
/// Thread: all methods on the loop thread, and callbacks come from there, too;
/// `now` and `unix_ms` from any thread.
class alarm_clock {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using alarm_id = uint64_t;

  virtual ~alarm_clock() = default;

  virtual time_point now() const noexcept = 0;

  /// Milliseconds since the Unix epoch; for records, never for deadlines.
  virtual int64_t unix_ms() const noexcept = 0;

  /// Calls `ring` once at or after `when`, never from inside `set`.
  virtual alarm_id set(time_point when, std::function<void()> ring) = 0;

  /// After it returns, the alarm does not ring. Unknown ids are ignored.
  virtual void cancel(alarm_id id) noexcept = 0;
};

} // namespace byollm
