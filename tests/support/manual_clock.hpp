// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"

#include <map>
#include <utility>

namespace byollm {

/// A clock that moves when the test says so.
class manual_clock final : public alarm_clock {
public:
  time_point now() const noexcept override {
    return now_;
  }

  int64_t unix_ms() const noexcept override {
    return 1'700'000'000'000 + set_by_
           + std::chrono::duration_cast<std::chrono::milliseconds>(
               now_.time_since_epoch())
               .count();
  }

  alarm_id set(time_point when, std::function<void()> ring) override {
    alarms_.emplace(++last_, std::pair{when, std::move(ring)});
    return last_;
  }

  void cancel(alarm_id id) noexcept override {
    alarms_.erase(id);
  }

  /// Returns how many alarms are set.
  size_t pending() const noexcept {
    return alarms_.size();
  }

  /// Moves on without ringing.
  void pass(std::chrono::milliseconds time) {
    now_ += time;
  }

  /// Sets what the wall clock says, on or back.
  void set_wall(std::chrono::milliseconds by) {
    set_by_ += by.count();
  }

  /// Moves to the earliest alarm and rings it; false if there is none.
  bool ring_next() {
    auto next = alarms_.begin();
    for (auto it = alarms_.begin(); it != alarms_.end(); ++it)
      if (it->second.first < next->second.first)
        next = it;
    if (next == alarms_.end())
      return false;
    auto [when, ring] = std::move(next->second);
    alarms_.erase(next);
    now_ = std::max(now_, when);
    ring();
    return true;
  }

private:
  time_point now_{std::chrono::hours{1}};
  int64_t set_by_ = 0;
  alarm_id last_ = 0;
  std::map<alarm_id, std::pair<time_point, std::function<void()>>> alarms_;
};

} // namespace byollm
