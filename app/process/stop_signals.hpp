// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace byollm {

/// Turns SIGINT and SIGTERM into a readable descriptor. Make it before any
/// thread starts, so that no thread takes the signal for itself.
class stop_signals {
public:
  stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  /// Becomes readable when a signal came.
  int fd() const noexcept {
    return fd_;
  }

  /// Waits for a signal and takes it.
  void wait() const;

  /// Takes the signal that came, and lets the next one end the process at
  /// once: for a stop that hangs.
  void take() const;

private:
  int fd_;
};

} // namespace byollm
