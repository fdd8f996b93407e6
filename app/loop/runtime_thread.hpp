// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace byollm {

/// Marks the thread that it is made on as a runtime's, as long as it lives:
/// whoever waits there for that runtime waits for ever.
class runtime_thread {
public:
  runtime_thread() noexcept {
    is_here_ = true;
  }

  runtime_thread(const runtime_thread&) = delete;
  runtime_thread& operator=(const runtime_thread&) = delete;

  ~runtime_thread() {
    is_here_ = false;
  }

  /// Returns whether the calling thread is one of any runtime of the process.
  static bool is_here() noexcept {
    return is_here_;
  }

private:
  static inline thread_local bool is_here_ = false;
};

} // namespace byollm
