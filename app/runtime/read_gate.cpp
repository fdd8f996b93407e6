// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/read_gate.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace byollm {

namespace {

bool take(std::atomic<size_t>& from, size_t most) noexcept {
  auto taken = from.load(std::memory_order_relaxed);
  while (taken < most)
    if (from.compare_exchange_weak(taken, taken + 1))
      return true;
  return false;
}

failure too_many() {
  failure why{errc::overloaded, "too many reads are under way"};
  why.retry_after = limits::busy_retry;
  return why;
}

} // namespace

read_gate::place::place(std::shared_ptr<std::atomic<size_t>> all,
                        std::shared_ptr<std::atomic<size_t>> crowd) noexcept
    : all_(std::move(all)), crowd_(std::move(crowd)) {
  // nop
}

read_gate::place::~place() {
  give_back();
}

void read_gate::place::give_back() noexcept {
  if (!is_held_.exchange(false))
    return;
  all_->fetch_sub(1);
  if (crowd_)
    crowd_->fetch_sub(1);
}

expected<read_gate::place_ptr> read_gate::enter(bool is_of_a_crowd) {
  if (is_of_a_crowd && !take(*crowd_, limits::reads_of_pages_max))
    return too_many();
  if (!take(*all_, limits::reads_max)) {
    if (is_of_a_crowd)
      crowd_->fetch_sub(1);
    return too_many();
  }
  return std::make_shared<place>(all_, is_of_a_crowd ? crowd_ : nullptr);
}

} // namespace byollm
