// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/e2e/faults/bare_runtime.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace byollm::test {

/// A runtime whose store can be held: in its audit sink, which the store's
/// thread calls.
class held_runtime {
public:
  held_runtime() : rt_(options_with(sink_)) {
    // nop
  }

  held_runtime(const held_runtime&) = delete;
  held_runtime& operator=(const held_runtime&) = delete;

  ~held_runtime() {
    release();
  }

  runtime& operator*() const noexcept {
    return *rt_;
  }

  runtime* operator->() const noexcept {
    return rt_.operator->();
  }

  /// Returns once the store's thread waits; which it is.
  std::thread::id hold() {
    {
      std::lock_guard guard{sink_->mutex};
      sink_->is_open = false;
    }
    changed_
      = rt_->admin().allow_origin("acme", "http://127.0.0.1:1", true, "admin");
    std::unique_lock guard{sink_->mutex};
    sink_->moved.wait(guard, [this] { return sink_->is_held; });
    return sink_->thread;
  }

  /// Lets it go on.
  void release() {
    {
      std::lock_guard guard{sink_->mutex};
      sink_->is_open = true;
    }
    sink_->moved.notify_all();
    if (auto changed = std::exchange(changed_, std::nullopt))
      (void)changed->get();
  }

private:
  struct gate final : audit_sink {
    void committed(const ledger_row&) noexcept override {
      std::unique_lock guard{mutex};
      if (is_open)
        return;
      thread = std::this_thread::get_id();
      is_held = true;
      moved.notify_all();
      moved.wait(guard, [this] { return is_open; });
      is_held = false;
    }

    std::mutex mutex;
    std::condition_variable moved;
    std::thread::id thread;
    bool is_open = true;
    bool is_held = false;
  };

  static runtime_options options_with(std::shared_ptr<gate> sink) {
    runtime_options made;
    made.audit = std::move(sink);
    return made;
  }

  std::shared_ptr<gate> sink_ = std::make_shared<gate>();
  bare_runtime rt_;
  std::optional<pending<unit>> changed_;
};

} // namespace byollm::test
