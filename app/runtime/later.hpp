// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/core.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace byollm {

/// Something that a loop of the runtime does later, once; letting go of it
/// takes it back. Thread-safe.
class later {
public:
  /// Calls `ring` on a loop thread after `delay`, with true; or with false, on
  /// whatever thread, if the runtime stops before. Null `core`: it has.
  static std::shared_ptr<later> after(const core_ptr& core,
                                      std::chrono::milliseconds delay,
                                      std::function<void(bool is_time)> ring);

  ~later();

  later(const later&) = delete;
  later& operator=(const later&) = delete;

  /// Takes it back; it may be under way already.
  void cancel();

  struct alarm;

  later(std::weak_ptr<runtime_core> core, size_t loop,
        std::weak_ptr<alarm> what);

private:
  std::weak_ptr<runtime_core> core_;
  const size_t loop_;
  std::weak_ptr<alarm> what_;
};

/// Runs `task` on a loop thread, not from inside of whoever asks for it, so
/// that ends that wait for each other need no stack; at once if the runtime has
/// stopped. Null `core`: it has.
void soon(const core_ptr& core, std::function<void()> task);

/// The same, but never inside of whoever asks: once the runtime has stopped, on
/// the loop that it is asked on, or on a thread of no runtime.
void apart(const core_ptr& core, std::function<void()> task);

} // namespace byollm
