// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace byollm::net {

/// Alarms ordered by time, those of one instant in the order of their setting.
/// Knows no clock: whoever owns it passes the time. Setting and cancelling
/// costs no allocation once the heap has grown to its working size.
class alarm_heap {
public:
  using time_point = alarm_clock::time_point;
  using alarm_id = alarm_clock::alarm_id;

  /// Adds an alarm. Ids are never 0 and not reused while anybody may hold one.
  alarm_id push(time_point when, std::function<void()> ring);

  /// Drops an alarm; unknown ids are ignored.
  void erase(alarm_id id) noexcept;

  bool empty() const noexcept {
    return order_.empty();
  }

  size_t size() const noexcept {
    return order_.size();
  }

  /// Returns when the first alarm is due. Requires `!empty()`.
  time_point next() const noexcept {
    return slots_[order_.front()].when;
  }

  /// Rings what is due at `now`, also what that sets anew, but never more
  /// alarms than there were at the start: an alarm that sets itself cannot
  /// spin.
  void ring_due(time_point now);

private:
  struct slot {
    time_point when = {};
    uint64_t seq = 0;
    std::function<void()> ring = {};
    uint32_t at = 0; ///< Where in `order_`.
    uint32_t generation = 0;
  };

  bool before(uint32_t lhs, uint32_t rhs) const noexcept;
  void put(size_t at, uint32_t index) noexcept;
  void sift_up(size_t at) noexcept;
  void sift_down(size_t at) noexcept;
  std::function<void()> take(size_t at) noexcept;

  std::vector<slot> slots_;
  std::vector<uint32_t> order_;
  std::vector<uint32_t> free_;
  uint64_t seq_ = 0;
};

} // namespace byollm::net
