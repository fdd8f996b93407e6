// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "tests/load/measure.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace byollm::load {

/// What some chat turns in a row took, however they were asked for.
struct stretch {
  size_t calls = 0;
  double seconds = 0;
  /// Of the process that has the runtime.
  double cpu_us = 0;
  /// Of the workers, and of the host that asks, where those are others.
  double workers_cpu_us = 0;
  double host_cpu_us = 0;
  /// From asking for a turn to its end, and of each call in it.
  std::vector<uint32_t> turns_ns = {};
  std::vector<uint32_t> calls_ns = {};
};

/// Deals out turns to whoever asks for them, and keeps what they took.
/// Thread-safe.
class stretch_book {
public:
  stretch_book(size_t turns, size_t calls_per_turn)
      : turns_(turns), calls_per_turn_(calls_per_turn) {
    book_.turns_ns.reserve(turns);
    book_.calls_ns.reserve(turns * calls_per_turn);
  }

  size_t calls_per_turn() const noexcept {
    return calls_per_turn_;
  }

  /// Returns the next turn's number; nothing if all are dealt out, or one
  /// failed.
  std::optional<size_t> draw() {
    auto number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= turns_ || has_failed_)
      return std::nullopt;
    return number;
  }

  void turn_ended(uint32_t turn_ns, const std::vector<uint32_t>& calls_ns) {
    std::lock_guard guard{mutex_};
    book_.turns_ns.push_back(turn_ns);
    book_.calls_ns.insert(book_.calls_ns.end(), calls_ns.begin(),
                          calls_ns.end());
  }

  void fail(failure why) {
    std::lock_guard guard{mutex_};
    if (!has_failed_.exchange(true))
      why_ = std::move(why);
  }

  /// After everybody has ended. Errors: the first that was told; `unavailable`
  /// if a turn or a call got lost.
  expected<stretch> result() {
    std::lock_guard guard{mutex_};
    if (has_failed_)
      return why_;
    book_.calls = turns_ * calls_per_turn_;
    if (book_.turns_ns.size() != turns_ || book_.calls_ns.size() != book_.calls)
      return failure{errc::unavailable,
                     "of " + std::to_string(book_.calls) + " calls, "
                       + std::to_string(book_.calls_ns.size())
                       + " were answered"};
    return std::move(book_);
  }

private:
  const size_t turns_;
  const size_t calls_per_turn_;
  std::atomic<size_t> next_{0};
  std::atomic<bool> has_failed_{false};
  std::mutex mutex_;
  failure why_;
  stretch book_;
};

} // namespace byollm::load
