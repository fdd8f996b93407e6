// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/trace/collector.hpp"
#include "app/trace/span_queue.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace byollm::trace {

/// Takes spans out of a queue to a collector, in batches: the first span waits
/// limits::spans_interval for others. What the collector does not take is
/// dropped, and the collector left alone for limits::collector_retry; no span
/// is sent twice. Sets no timer while there is nothing to send.
/// Thread: its loop's, but for constructor and `stop`.
class sender : public std::enable_shared_from_this<sender> {
public:
  sender(boost::asio::io_context& loop, base_url at,
         std::shared_ptr<span_queue> from);

  /// Call once.
  void start();

  /// Sends what waits, for up to `patience`, then ends; what is left is
  /// dropped. Not on the loop.
  void stop(std::chrono::milliseconds patience);

private:
  void wake();
  void wait(std::chrono::steady_clock::duration time);
  void send();
  void sent(size_t count, bool is_taken);
  void end();

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<collector> to_;
  std::shared_ptr<span_queue> from_;
  /// A timer runs, or a request.
  bool is_busy_ = false;
  bool is_sending_ = false;
  bool is_stopping_ = false;

  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
};

} // namespace byollm::trace
