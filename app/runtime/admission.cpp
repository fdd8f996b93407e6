// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/admission.hpp"

namespace byollm {

admission::admission(uint32_t per_tenant, uint32_t total)
    : per_tenant_(per_tenant), total_max_(total) {
  // nop
}

admission::place::~place() {
  if (from_)
    from_->leave(*tenant_);
}

admission::tenant_count admission::counter(const std::string& tenant) {
  std::lock_guard guard{mutex_};
  if (tenants_.size() >= sweep_at_) {
    std::erase_if(tenants_, [](const auto& x) { return x.second.expired(); });
    sweep_at_ = std::max<size_t>(1'024, tenants_.size() * 2);
  }
  auto& slot = tenants_[tenant];
  auto held = slot.lock();
  if (!held) {
    held = std::make_shared<std::atomic<uint32_t>>(0u);
    slot = held;
  }
  return held;
}

void admission::set_bounds(uint32_t per_tenant, uint32_t total) noexcept {
  per_tenant_.store(per_tenant);
  total_max_.store(total);
}

bool admission::enter(const tenant_count& tenant) noexcept {
  if (is_closed())
    return false;
  if (total_.fetch_add(1) >= total_max_) {
    total_.fetch_sub(1);
    return false;
  }
  if (tenant->fetch_add(1) >= per_tenant_) {
    leave(*tenant);
    return false;
  }
  return true;
}

void admission::leave(std::atomic<uint32_t>& tenant) noexcept {
  tenant.fetch_sub(1);
  if (total_.fetch_sub(1) == 1 && is_closed()) {
    std::lock_guard guard{mutex_};
    empty_.notify_all();
  }
}

void admission::hurry() noexcept {
  std::lock_guard guard{mutex_};
  hurries_.store(true);
  empty_.notify_all();
}

bool admission::wait_empty_or_hurry(
  std::chrono::steady_clock::time_point deadline) {
  std::unique_lock guard{mutex_};
  empty_.wait_until(guard, deadline,
                    [this] { return total_.load() == 0 || hurries_.load(); });
  return total_.load() == 0;
}

bool admission::wait_empty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock guard{mutex_};
  return empty_.wait_until(guard, deadline,
                           [this] { return total_.load() == 0; });
}

} // namespace byollm
