// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/load/measure.hpp"
#include "tests/load/rivals.hpp"

#include <atomic>
#include <mutex>
#include <utility>

namespace byollm::load {

/// Deals out a rival's calls and measures those after the warm-up.
/// Thread-safe.
class tally {
public:
  explicit tally(const rival_order& order)
      : warmup_(order.warmup_calls), all_(warmup_ + order.calls) {
    // nop
  }

  /// Returns whether there is one more call to make.
  bool draw() {
    auto number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number == warmup_)
      began_ = usage_now();
    return number < all_;
  }

  /// Returns whether that was the last.
  bool call_ended() {
    if (ended_.fetch_add(1, std::memory_order_acq_rel) + 1 < all_)
      return false;
    finished_ = usage_now();
    return true;
  }

  bool is_warm() const noexcept {
    return ended_.load(std::memory_order_relaxed) >= warmup_;
  }

  void fail(failure why) {
    std::lock_guard guard{mutex_};
    if (why_.code == errc::none)
      why_ = std::move(why);
  }

  void add(std::vector<uint32_t> latencies_ns) {
    std::lock_guard guard{mutex_};
    latencies_ns_.insert(latencies_ns_.end(), latencies_ns.begin(),
                         latencies_ns.end());
  }

  /// After every thread has ended.
  expected<rival_result> result() {
    if (why_.code != errc::none)
      return why_;
    if (ended_ < all_)
      return failure{errc::unavailable, "a rival's calls got lost"};
    span took{began_, finished_};
    return rival_result{all_ - warmup_, took.seconds, took.cpu_us,
                        std::move(latencies_ns_)};
  }

private:
  const size_t warmup_;
  const size_t all_;
  std::atomic<size_t> next_{0};
  std::atomic<size_t> ended_{0};
  usage began_;
  usage finished_;
  std::mutex mutex_;
  failure why_;
  std::vector<uint32_t> latencies_ns_;
};

} // namespace byollm::load
