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
        if (self->is_abandoned())
          bury(std::move(owned));
      }};
    return [self, kept = std::move(kept)](Args... args) {
      if (!self->enter())
        return;
      (*kept)(std::forward<Args>(args)...);
      self->leave();
    };
  }

  /// Returns `sink` behind the guard; null for null.
  std::shared_ptr<audit_sink> guarded(std::shared_ptr<audit_sink> sink);

  /// Waits for what is being called; from then on nothing is.
  void abandon();

private:
  static void bury(std::shared_ptr<void> what);

  bool enter();
  void leave();
  bool is_abandoned() const;

  mutable std::mutex mutex_;
  std::condition_variable left_;
  int inside_ = 0;
  bool abandoned_ = false;
};

} // namespace byollm
