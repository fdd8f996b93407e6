// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/side_thread.hpp"

#include "app/loop/runtime_thread.hpp"

#include <system_error>
#include <thread>

namespace byollm {

namespace {

thread_local bool is_side_thread = false;

} // namespace

/// Made when there is first something to wait for, so that it waits before what
/// is older than that is destroyed.
struct side_thread::wait_at_exit {
  explicit wait_at_exit(side_thread& on) : of(on) {
    // nop
  }

  wait_at_exit(const wait_at_exit&) = delete;
  wait_at_exit& operator=(const wait_at_exit&) = delete;

  ~wait_at_exit() {
    if (!runtime_thread::is_here() && !is_side_thread)
      of.wait_until_idle();
  }

  side_thread& of;
};

// Never destroyed: a thread that the process does not wait for uses it.
side_thread& side_thread::of_ends() {
  static auto* made = new side_thread;
  static wait_at_exit waits{*made};
  return *made;
}

side_thread& side_thread::of_answers() {
  static auto* made = new side_thread;
  static wait_at_exit waits{*made};
  return *made;
}

bool side_thread::run(task what) {
  std::lock_guard guard{mutex_};
  if (!is_working_) {
    try {
      std::thread{[this] { work(); }}.detach();
    } catch (const std::system_error&) {
      return false;
    }
    is_working_ = true;
  }
  tasks_.push_back(std::move(what));
  return true;
}

void side_thread::work() {
  is_side_thread = true;
  std::unique_lock guard{mutex_};
  while (!tasks_.empty()) {
    auto next = std::move(tasks_.front());
    tasks_.pop_front();
    guard.unlock();
    next();
    next = nullptr;
    guard.lock();
  }
  is_working_ = false;
  idle_.notify_all();
}

void side_thread::wait_until_idle() {
  std::unique_lock guard{mutex_};
  idle_.wait(guard, [this] { return !is_working_; });
}

} // namespace byollm
