// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm::net {

/// The way back onto a loop, safe to keep for longer than the loop lives.
/// Thread-safe.
class loop_gate {
public:
  explicit loop_gate(boost::asio::io_context& loop) noexcept : loop_(&loop) {
    // nop
  }

  /// Runs `work` on the loop, never from inside; drops it after `shut`.
  void post(std::function<void()> work);

  /// Must be called before the loop dies.
  void shut() noexcept;

private:
  std::mutex mutex_;
  boost::asio::io_context* loop_;
};

} // namespace byollm::net
