// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"
#include "tests/load/measure.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace byollm::load {

/// Deals out a run's turns, and knows when the measured part began and ended.
/// Thread-safe; `at_end` is called once, by whoever ended the last turn.
class scoreboard {
public:
  scoreboard(size_t warmup, size_t turns, std::function<void()> at_end)
      : warmup_(warmup), all_(warmup + turns), at_end_(std::move(at_end)) {
    // nop
  }

  /// Returns the next turn's number, or nothing: all are dealt out.
  std::optional<size_t> draw() {
    auto number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= all_)
      return std::nullopt;
    if (number == warmup_)
      began_ = usage_now();
    return number;
  }

  bool is_measured(size_t turn) const noexcept {
    return turn >= warmup_;
  }

  void turn_ended() {
    if (ended_.fetch_add(1, std::memory_order_acq_rel) + 1 < all_)
      return;
    finished_ = usage_now();
    at_end_();
  }

  size_t ended() const noexcept {
    return ended_.load(std::memory_order_acquire);
  }

  /// The measured part; after `at_end`.
  span measured() const {
    return {began_, finished_};
  }

private:
  const size_t warmup_;
  const size_t all_;
  std::function<void()> at_end_;
  std::atomic<size_t> next_{0};
  std::atomic<size_t> ended_{0};
  usage began_;
  usage finished_;
};

/// What one driver saw. Written by the driver, read after the end.
struct driver_log {
  std::vector<uint32_t> latencies_ns = {};
  std::vector<uint32_t> chunk_delays_ns = {};
  size_t calls = 0;
  size_t measured_calls = 0;
  size_t streamed_calls = 0;
  size_t chunks = 0;
  /// Calls by how they ended.
  std::map<errc, size_t> ends = {};
  /// Calls that did not end as they had to, and the first of them in words.
  size_t unexpected = 0;
  std::string first_unexpected = {};

  /// Adds another driver's.
  void add(driver_log&& other);
};

} // namespace byollm::load
