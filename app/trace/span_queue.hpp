// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/trace/span.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace byollm::trace {

/// Spans that wait for the collector: at most limits::spans_waiting_max, then
/// new ones are dropped and counted. Thread: any; waits for nobody.
class span_queue {
public:
  void push(span what) noexcept;

  /// Takes out the oldest, up to `most`.
  std::vector<span> take(size_t most);

  /// Calls `wake`, from any thread, whenever there is a first one; at once if
  /// there is one now. Null: no more.
  void on_first(std::function<void()> wake);

  void sent(size_t count) noexcept {
    sent_ += count;
  }

  void dropped(size_t count) noexcept {
    dropped_ += count;
  }

  uint64_t sent() const noexcept {
    return sent_;
  }

  uint64_t dropped() const noexcept {
    return dropped_;
  }

  size_t size() const;

private:
  mutable std::mutex mutex_;
  std::deque<span> waiting_;
  std::function<void()> wake_;
  std::atomic<uint64_t> sent_{0};
  std::atomic<uint64_t> dropped_{0};
};

} // namespace byollm::trace
