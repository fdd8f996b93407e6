// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace byollm {

/// What signals tell a daemon: SIGINT and SIGTERM to stop, SIGHUP to read its
/// configuration anew. Make it before any thread starts, so that no thread
/// takes a signal for itself. They stay blocked to the process's end.
/// Thread: one, except `wake`.
class signal_inbox {
public:
  enum class word : uint8_t {
    nothing, ///< The time is over.
    stop,
    reload, ///< However many came since the last one.
    woken,
  };

  signal_inbox();
  signal_inbox(const signal_inbox&) = delete;
  signal_inbox& operator=(const signal_inbox&) = delete;
  ~signal_inbox();

  /// Waits for a word, no longer than `most`. `stop` comes before all others.
  word wait(std::optional<std::chrono::milliseconds> most);

  /// Ends a wait. Thread: any.
  void wake() noexcept;

  /// Lets the next signal to stop end the process at once: for a stop that
  /// hangs.
  void let_go() noexcept;

private:
  void look();

  int signals_;
  int waker_;
  bool stops_ = false;
  bool reloads_ = false;
  bool is_woken_ = false;
};

} // namespace byollm
