// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace byollm {

/// Stands between the store's thread and the callbacks it was given, so that
/// the store can go although its thread cannot: once abandoned, no callback is
/// called any more, nor even destroyed, for what it holds may be of a world
/// that is gone. Thread-safe.
class telling : public std::enable_shared_from_this<telling> {
public:
  template <class Result>
  using callback = std::function<void(Result)>;

  /// Returns `done` behind the guard.
  template <class Result>
  callback<Result> guarded(callback<Result> done) {
    auto self = shared_from_this();
    std::shared_ptr<callback<Result>> kept{
      new callback<Result>{std::move(done)}, [self](callback<Result>* raw) {
        std::shared_ptr<callback<Result>> owned{raw};
        if (self->is_abandoned())
          bury(std::move(owned));
      }};
    return [self, kept = std::move(kept)](Result result) {
      if (!self->enter())
        return;
      (*kept)(std::move(result));
      self->leave();
    };
  }

  /// Waits for a callback that runs; from then on none does.
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
