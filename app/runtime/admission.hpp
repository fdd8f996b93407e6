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
#include <utility>

namespace byollm {

/// How places are shared (adr/0040). Pure.
struct place_rules {
  uint32_t per_tenant = 0;
  uint32_t total = 0;

  /// Returns below how many places of its own a tenant may take another one
  /// while `taken` of all are taken.
  uint32_t share_at(uint32_t taken) const noexcept;
};

/// Counts calls in flight before any message is sent: CAF's mailboxes have no
/// bound, so what is not admitted must not reach one. Shares the places fairly
/// when they get scarce; nobody waits for one. Thread-safe; lock-free except
/// `counter`, and `look` where places are scarce.
class admission {
public:
  enum class verdict : uint8_t {
    in,
    closed,
    own_limit, ///< The tenant has as many as any tenant may.
    scarce     ///< Places are few, and the tenant has its share.
  };

  /// What is known of one tenant.
  struct tenant {
    std::atomic<uint32_t> in_flight{0};
    /// Calls that were refused since the last one that left a row, and the
    /// second of that one: see shedding.
    std::atomic<uint64_t> untold{0};
    std::atomic<int64_t> told_at{-1};
  };

  using tenant_ptr = std::shared_ptr<tenant>;

  explicit admission(place_rules rules)
      : per_tenant_(rules.per_tenant), total_max_(rules.total) {
    // nop
  }

  /// A call's place; gives it back when it dies.
  class place {
  public:
    place(std::shared_ptr<admission> from, tenant_ptr whose)
        : from_(std::move(from)), whose_(std::move(whose)) {
      // nop
    }

    place(place&&) noexcept = default;
    place& operator=(place&&) = delete;
    ~place();

  private:
    std::shared_ptr<admission> from_;
    tenant_ptr whose_;
  };

  /// Returns what is kept of a tenant; hold it for the turn.
  tenant_ptr counter(const std::string& name);

  /// Takes a place if there is one: give it to a `place`.
  verdict enter(tenant& whose) noexcept;

  /// Returns what `enter` would say, and of whom unless that is `in`.
  std::pair<verdict, tenant_ptr> look(const std::string& name);

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

  /// Tenants that are remembered.
  size_t size() const;

protected:
  // The two halves of `enter`, between which others come, leave and close.

  /// Takes a place of the tenant's own; `own` and `taken` are the numbers
  /// before.
  verdict reserve(tenant& whose, uint32_t& own, uint32_t& taken) noexcept;

  /// Takes one of all, or gives the tenant's back.
  verdict settle(tenant& whose, uint32_t own, uint32_t taken) noexcept;

private:
  verdict judge(uint32_t own, uint32_t taken) const noexcept;
  void leave(tenant& whose) noexcept;

  std::atomic<uint32_t> per_tenant_;
  std::atomic<uint32_t> total_max_;
  std::atomic<uint32_t> total_{0};
  std::atomic<bool> closed_{false};
  std::atomic<bool> hurries_{false};
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::unordered_map<std::string, tenant_ptr> tenants_;
  size_t sweep_at_ = 1'024;
};

} // namespace byollm
