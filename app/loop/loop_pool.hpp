// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/log.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm {

/// One I/O loop per thread, one thread per core: what a call touches stays on
/// the loop that it came in on. Thread-safe unless said otherwise.
class loop_pool {
public:
  /// `log` is told what the host's code throws on these threads.
  explicit loop_pool(size_t loops, log_fn log = {});

  /// Stops.
  ~loop_pool();

  size_t size() const noexcept;

  boost::asio::io_context& at(size_t index);

  /// Runs `task` on loop `index`.
  void post(size_t index, std::function<void()> task);

  /// Runs `task` later on the calling thread's loop, of whatever pool; returns
  /// false if it has none, and leaves `task` alone.
  static bool post_here(std::function<void()>& task);

  /// Starts the threads; each calls `at_end` last. Call once.
  void start(std::function<void()> at_end);

  /// Lets the loops finish what is posted, and joins the threads. Not on a loop
  /// thread. Idempotent.
  void stop();

  /// Destroys the loops, and with them the threads that Asio keeps to look up
  /// names. After `stop`, when nobody posts any more.
  void discard();

  /// The calling thread's loop in this pool, if it has one.
  std::optional<size_t> current() const noexcept;

private:
  struct loop;
  std::unique_ptr<loop[]> loops_;
  size_t size_;
  log_fn log_;
};

} // namespace byollm
