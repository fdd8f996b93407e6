// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "byollm.hpp"

#include <mutex>
#include <optional>

namespace byollm {

/// A call that somebody may want to end or go on with before whoever starts it
/// has it in hand. Thread-safe.
class late_call {
public:
  void set(call running) {
    std::unique_lock guard{mutex_};
    running_ = running;
    auto cancelled = cancelled_;
    auto resumed = std::exchange(resumed_, false);
    guard.unlock();
    if (cancelled)
      running.cancel();
    else if (resumed)
      running.resume();
  }

  void cancel() {
    std::unique_lock guard{mutex_};
    cancelled_ = true;
    auto running = running_;
    guard.unlock();
    if (running)
      running->cancel();
  }

  void resume() {
    std::unique_lock guard{mutex_};
    auto running = running_;
    resumed_ = !running;
    guard.unlock();
    if (running)
      running->resume();
  }

private:
  std::mutex mutex_;
  std::optional<call> running_;
  bool cancelled_ = false;
  bool resumed_ = false;
};

} // namespace byollm
