// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/expected.hpp"

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace byollm {

/// Returns whether the calling thread belongs to a runtime: waiting there would
/// stop the very thread that has to answer.
BYOLLM_API bool on_runtime_thread() noexcept;

/// Logs that what waited for an answer threw; called in the handler.
BYOLLM_API void callback_threw() noexcept;

/// An answer that will come: wait for it, await it, or attach a callback; one
/// of them, once. Dropping it is fine; the work goes on.
template <class T>
class [[nodiscard]] pending {
public:
  /// Runs `resume` somewhere else, for example `asio::post`ed to the host's own
  /// executor. Without one, coroutines and callbacks run on a loop thread. A
  /// hook that throws leaves its coroutine waiting for ever.
  using resume_hook = std::function<void(std::function<void()> resume)>;

  class state {
  public:
    void settle(expected<T> value) {
      std::unique_lock guard{mutex_};
      if (std::exchange(settled_, true))
        return;
      if (!then_) {
        value_ = std::move(value);
        guard.unlock();
        arrived_.notify_all();
        return;
      }
      auto then = std::move(then_);
      guard.unlock();
      // Nobody above is the host's: there it would end the process.
      try {
        then(std::move(value));
      } catch (...) {
        callback_threw();
      }
    }

    void attach(std::function<void(expected<T>)> then) {
      std::unique_lock guard{mutex_};
      if (!value_) {
        then_ = std::move(then);
        return;
      }
      auto value = std::move(*value_);
      guard.unlock();
      then(std::move(value));
    }

    bool wait_until(std::chrono::steady_clock::time_point when) {
      std::unique_lock guard{mutex_};
      return arrived_.wait_until(guard, when, [this] { return settled_; });
    }

    expected<T> take() {
      std::unique_lock guard{mutex_};
      arrived_.wait(guard, [this] { return value_.has_value(); });
      return std::move(*value_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    bool settled_ = false;
    std::optional<expected<T>> value_;
    std::function<void(expected<T>)> then_;
  };

  explicit pending(std::shared_ptr<state> from) : state_(std::move(from)) {
    // nop
  }

  /// Waits. On a runtime's own thread it does not: `would_deadlock`.
  expected<T> get() {
    if (on_runtime_thread())
      return failure{errc::would_deadlock,
                     "waiting on a thread of the runtime itself"};
    return state_->take();
  }

  /// Returns whether the answer came within `duration`.
  bool wait_for(std::chrono::milliseconds duration) {
    return !on_runtime_thread()
           && state_->wait_until(std::chrono::steady_clock::now() + duration);
  }

  /// Calls `then` with the answer: at once and inside of this call if it is
  /// there already, else on a runtime's thread. It should not throw: on a
  /// thread of the runtime that is logged and goes no further, at once it
  /// reaches the caller.
  void then(std::function<void(expected<T>)> then) {
    state_->attach(std::move(then));
  }

  /// Makes `co_await` resume through `hook`.
  pending resume_on(resume_hook hook) && {
    hook_ = std::move(hook);
    return std::move(*this);
  }

  // -- awaitable --------------------------------------------------------------

  bool await_ready() const noexcept {
    return false;
  }

  void await_suspend(std::coroutine_handle<> waiting) {
    // The coroutine may resume, end and destroy this object before attach
    // returns: only copies are touched.
    auto keep = state_;
    auto slot = slot_;
    auto hook = hook_;
    keep->attach([slot, hook, waiting](expected<T> value) {
      slot->emplace(std::move(value));
      if (hook)
        hook([waiting] { waiting.resume(); });
      else
        waiting.resume();
    });
  }

  expected<T> await_resume() {
    return std::move(**slot_);
  }

private:
  std::shared_ptr<state> state_;
  std::shared_ptr<std::optional<expected<T>>> slot_
    = std::make_shared<std::optional<expected<T>>>();
  resume_hook hook_ = {};
};

} // namespace byollm
