// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace byollm {

/// Numbers that many parts of a runtime add up to. Thread: any.
struct runtime_gauges {
  std::atomic<int64_t> breakers_open{0};
  std::atomic<int64_t> attempts_running{0};
  std::atomic<int64_t> attempts_queued{0};
  std::atomic<int64_t> connections_idle{0};
  std::atomic<int64_t> ledger_waiting{0};
};

using runtime_gauges_ptr = std::shared_ptr<runtime_gauges>;

/// One part's share of such a number; nothing of it is left when the part ends.
/// Thread: its part's.
class gauge_share {
public:
  gauge_share(runtime_gauges_ptr of,
              std::atomic<int64_t> runtime_gauges::*which) noexcept
      : of_(std::move(of)), which_(which) {
    // nop
  }

  gauge_share(const gauge_share&) = delete;
  gauge_share& operator=(const gauge_share&) = delete;

  ~gauge_share() {
    set(0);
  }

  void set(size_t now) noexcept {
    auto next = static_cast<int64_t>(now);
    auto grown = next - std::exchange(mine_, next);
    if (of_ && grown != 0)
      ((*of_).*which_).fetch_add(grown, std::memory_order_relaxed);
  }

private:
  runtime_gauges_ptr of_;
  std::atomic<int64_t> runtime_gauges::*which_;
  int64_t mine_ = 0;
};

} // namespace byollm
