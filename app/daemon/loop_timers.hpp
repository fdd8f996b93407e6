// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace byollm::daemon {

/// Runs a task later on a loop; the result takes that back.
using after_fn = std::function<std::function<void()>(
  std::chrono::milliseconds delay, std::function<void()> task)>;

/// Returns what runs tasks on `io`, which outlives it. Thread: any.
after_fn alarms_of(boost::asio::io_context& io);

/// Runs a task on a loop again and again until it is stopped.
class metronome {
public:
  metronome(boost::asio::io_context& io, std::chrono::milliseconds every,
            std::function<void()> task);

  /// Afterwards the task does not run. Not on the loop.
  void stop();

private:
  void wait();

  const std::chrono::milliseconds every_;
  const std::function<void()> task_;
  std::shared_ptr<boost::asio::steady_timer> timer_;
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
};

} // namespace byollm::daemon
