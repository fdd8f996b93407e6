// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace byollm {

/// Counts calls in flight before any message is sent: CAF's mailboxes have no
/// bound, so what is not admitted must not reach one. Thread-safe.
class admission {
public:
  admission(uint32_t per_tenant, uint32_t total);

  /// A call's place; gives it back when it dies.
  class place {
  public:
    place(std::shared_ptr<admission> from,
          std::shared_ptr<std::atomic<uint32_t>> tenant)
        : from_(std::move(from)), tenant_(std::move(tenant)) {
      // nop
    }

    place(place&&) noexcept = default;
    place& operator=(place&&) = delete;
    ~place();

  private:
    std::shared_ptr<admission> from_;
    std::shared_ptr<std::atomic<uint32_t>> tenant_;
  };

  using tenant_count = std::shared_ptr<std::atomic<uint32_t>>;

  /// Returns the counter of a tenant; keep it for the turn.
  tenant_count counter(const std::string& tenant);

  /// Returns whether there is room, and takes it; give it to a `place`.
  bool enter(const tenant_count& tenant) noexcept;

  /// Changes the bounds for who enters from now on.
  void set_bounds(uint32_t per_tenant, uint32_t total) noexcept;

  uint32_t in_flight() const noexcept {
    return total_.load(std::memory_order_relaxed);
  }

  /// Lets nobody in any more.
  void close() noexcept {
    closed_.store(true);
  }

  bool is_closed() const noexcept {
    return closed_.load(std::memory_order_relaxed);
  }

  /// Ends the waiting of `wait_empty_or_hurry`, now or later.
  void hurry() noexcept;

  /// Waits until nobody is left, it is to hurry, or `deadline`. Returns whether
  /// nobody is left.
  bool wait_empty_or_hurry(std::chrono::steady_clock::time_point deadline);

  /// Returns whether nobody is left at `deadline`.
  bool wait_empty(std::chrono::steady_clock::time_point deadline);

private:
  void leave(std::atomic<uint32_t>& tenant) noexcept;

  std::atomic<uint32_t> per_tenant_;
  std::atomic<uint32_t> total_max_;
  std::atomic<uint32_t> total_{0};
  std::atomic<bool> closed_{false};
  std::atomic<bool> hurries_{false};
  std::mutex mutex_;
  std::condition_variable empty_;
  // Weak: a tenant without turns costs nothing.
  std::unordered_map<std::string, std::weak_ptr<std::atomic<uint32_t>>>
    tenants_;
  size_t sweep_at_ = 1'024;
};

} // namespace byollm
