// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pending.hpp"

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace byollm {

/// Returns what an exception out of a host's own code is to us:
/// `handler_failed`, its type being the parameter, its text the detail; both
/// cut short, and UTF-8.
BYOLLM_API failure failure_of(const std::exception_ptr& thrown) noexcept;

/// Makes a coroutine of a function that returns a `pending`: it runs at once,
/// and its answer is settled when all that it holds is gone. An exception out
/// of it is its failure.
template <class T>
class pending_promise {
public:
  pending<T> get_return_object() {
    return pending<T>{state_};
  }

  std::suspend_never initial_suspend() noexcept {
    return {};
  }

  struct settle_last {
    bool await_ready() noexcept {
      return false;
    }

    // The frame, and this object with it, is gone before anybody hears.
    void await_suspend(std::coroutine_handle<pending_promise> ended) noexcept {
      auto state = std::move(ended.promise().state_);
      auto value = std::move(ended.promise().value_);
      ended.destroy();
      state->settle(*std::move(value));
    }

    void await_resume() noexcept {
      // nop
    }
  };

  settle_last final_suspend() noexcept {
    return {};
  }

  void return_value(expected<T> value) {
    value_.emplace(std::move(value));
  }

  void unhandled_exception() noexcept {
    value_.emplace(failure_of(std::current_exception()));
  }

private:
  std::shared_ptr<typename pending<T>::state> state_
    = std::make_shared<typename pending<T>::state>();
  std::optional<expected<T>> value_;
};

} // namespace byollm

template <class T, class... Args>
struct std::coroutine_traits<byollm::pending<T>, Args...> {
  using promise_type = byollm::pending_promise<T>;
};
