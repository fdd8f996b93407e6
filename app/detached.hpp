// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <exception>

namespace byollm {

/// A coroutine that nobody waits for: it lives until it ends by itself. What it
/// needs, it takes by value.
struct detached {
  struct promise_type {
    detached get_return_object() noexcept {
      return {};
    }

    std::suspend_never initial_suspend() noexcept {
      return {};
    }

    std::suspend_never final_suspend() noexcept {
      return {};
    }

    void return_void() noexcept {
      // nop
    }

    void unhandled_exception() noexcept {
      std::terminate();
    }
  };
};

} // namespace byollm
