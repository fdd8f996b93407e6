// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/host.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace byollm {

/// Stands between the store's threads and what of the host's they call, so that
/// the store can go although its threads cannot: once abandoned, no callback is
/// called any more, nor even destroyed, for what it holds may be of a world
/// that is gone. Thread-safe.
class telling : public std::enable_shared_from_this<telling> {
public:
  template <class... Args>
  using callback = std::function<void(Args...)>;

  /// Returns `called` behind the guard.
  template <class... Args>
  callback<Args...> guarded(callback<Args...> called) {
    auto self = shared_from_this();
    std::shared_ptr<callback<Args...>> kept{
      new callback<Args...>{std::move(called)}, [self](callback<Args...>* raw) {
        std::shared_ptr<callback<Args...>> owned{raw};
        if (visit inside{*self})
          owned.reset();
        else
          bury(std::move(owned));
      }};
    return [self, kept = std::move(kept)](Args... args) {
      if (visit inside{*self})
        (*kept)(std::forward<Args>(args)...);
    };
  }

  /// Returns `sink` behind the guard; null for null.
  std::shared_ptr<audit_sink> guarded(std::shared_ptr<audit_sink> sink);

  /// Waits for what is being called; from then on nothing is.
  void abandon();

private:
  static void bury(std::shared_ptr<void> what);

  /// While it lives, nobody abandons; empty if somebody has.
  class visit {
  public:
    explicit visit(telling& at) : at_(at.enter() ? &at : nullptr) {
      // nop
    }

    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

    ~visit() {
      if (at_)
        at_->leave();
    }

    explicit operator bool() const noexcept {
      return at_ != nullptr;
    }

  private:
    telling* at_;
  };

  bool enter();
  void leave();

  mutable std::mutex mutex_;
  std::condition_variable left_;
  int inside_ = 0;
  bool abandoned_ = false;
};

} // namespace byollm
