// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace byollm {

/// A thread of no runtime, for what must not happen on one of theirs or finds
/// none any more. It is there while it has something to do. Thread-safe.
class side_thread {
public:
  using task = std::function<void()>;

  side_thread(const side_thread&) = delete;
  side_thread& operator=(const side_thread&) = delete;

  /// Where runtimes end whose last owner let go on a thread of theirs.
  static side_thread& of_ends();

  /// Where those are answered who ask of a runtime that has stopped.
  static side_thread& of_answers();

  /// Runs `what` behind what was given before. Returns false if the system has
  /// no thread to give: then it does not run. The process waits at its end for
  /// all of it, unless it ends on a thread that this may wait for.
  bool run(task what);

private:
  struct wait_at_exit;

  side_thread() = default;

  void work();
  void wait_until_idle();

  std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<task> tasks_;
  bool is_working_ = false;
};

} // namespace byollm
