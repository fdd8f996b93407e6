// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"

#include <memory>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm {

/// The alarm clock of one loop: all its alarms share one Asio timer. Calls set
/// and cancel alarms far more often than one rings, so the timer is touched
/// about ten times a second under load, and rests soon after the last alarm.
/// Thread: all methods on the loop thread.
class loop_alarm : public alarm_clock {
public:
  /// `loop` must outlive this.
  explicit loop_alarm(boost::asio::io_context& loop);
  ~loop_alarm() override;

  time_point now() const noexcept override;
  int64_t unix_ms() const noexcept override;
  alarm_id set(time_point when, std::function<void()> ring) override;
  void cancel(alarm_id id) noexcept override;

  /// Returns whether an Asio timer is running.
  bool is_armed() const noexcept;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace byollm
