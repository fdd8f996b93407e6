// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/admission.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

uint32_t place_rules::share_at(uint32_t taken) const noexcept {
  if (taken >= total)
    return 0;
  uint64_t free = total - taken;
  uint64_t kept = total / limits::in_flight_kept_part;
  uint64_t few = std::max(1u, total / limits::in_flight_few_part);
  auto share = free > kept ? (free - kept) * limits::in_flight_share : 0;
  return static_cast<uint32_t>(
    std::min<uint64_t>(per_tenant, std::max(few, share)));
}

admission::place::~place() {
  if (from_)
    from_->leave(*whose_);
}

admission::tenant_ptr admission::counter(const std::string& name) {
  std::lock_guard guard{mutex_};
  if (tenants_.size() >= sweep_at_) {
    // What only we hold, nobody else can come to hold meanwhile.
    std::erase_if(tenants_,
                  [](const auto& x) { return x.second.use_count() == 1; });
    sweep_at_ = std::max<size_t>(1'024, tenants_.size() * 2);
  }
  auto& found = tenants_[name];
  if (!found)
    found = std::make_shared<tenant>();
  return found;
}

void admission::set_bounds(uint32_t per_tenant, uint32_t total) noexcept {
  per_tenant_.store(per_tenant);
  total_max_.store(total);
}

admission::verdict admission::judge(uint32_t own,
                                    uint32_t taken) const noexcept {
  const place_rules rules{per_tenant_.load(std::memory_order_relaxed),
                          total_max_.load(std::memory_order_relaxed)};
  if (own >= rules.per_tenant)
    return verdict::own_limit;
  return own < rules.share_at(taken) ? verdict::in : verdict::scarce;
}

// The tenant's count goes first: who is refused changes nothing that others
// look at.
admission::verdict admission::enter(tenant& whose) noexcept {
  if (is_closed())
    return verdict::closed;
  uint32_t own = 0;
  uint32_t taken = 0;
  auto made = reserve(whose, own, taken);
  return made == verdict::in ? settle(whose, own, taken) : made;
}

admission::verdict admission::reserve(tenant& whose, uint32_t& own,
                                      uint32_t& taken) noexcept {
  own = whose.in_flight.load();
  taken = total_.load();
  do {
    if (auto made = judge(own, taken); made != verdict::in)
      return made;
  } while (!whose.in_flight.compare_exchange_weak(own, own + 1));
  return verdict::in;
}

// Judged again by what is taken when the place is.
admission::verdict admission::settle(tenant& whose, uint32_t own,
                                     uint32_t taken) noexcept {
  while (!total_.compare_exchange_weak(taken, taken + 1))
    if (auto made = judge(own, taken); made != verdict::in) {
      whose.in_flight.fetch_sub(1);
      return made;
    }
  // Whoever closed since may have seen nobody here.
  if (!closed_.load())
    return verdict::in;
  leave(whose);
  return verdict::closed;
}

std::pair<admission::verdict, admission::tenant_ptr>
admission::look(const std::string& name) {
  if (is_closed())
    return {verdict::closed, nullptr};
  auto taken = total_.load();
  // Not even if all of them were this tenant's.
  if (judge(taken, taken) == verdict::in)
    return {verdict::in, nullptr};
  auto whose = counter(name);
  auto made = judge(whose->in_flight.load(), taken);
  return {made, std::move(whose)};
}

void admission::leave(tenant& whose) noexcept {
  whose.in_flight.fetch_sub(1);
  if (total_.fetch_sub(1) == 1 && closed_.load()) {
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

size_t admission::size() const {
  std::lock_guard guard{mutex_};
  return tenants_.size();
}

} // namespace byollm
