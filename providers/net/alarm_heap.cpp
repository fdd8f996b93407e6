// SPDX-License-Identifier: Apache-2.0
#include "providers/net/alarm_heap.hpp"

#include <utility>

namespace byollm::net {

alarm_heap::alarm_id alarm_heap::push(time_point when,
                                      std::function<void()> ring) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
    // `erase` is noexcept, so the room that it needs is made here.
    free_.reserve(slots_.capacity());
  }
  auto index = free_.back();
  order_.push_back(index);
  free_.pop_back();
  auto& made = slots_[index];
  made.when = when;
  made.seq = ++seq_;
  made.ring = std::move(ring);
  ++made.generation;
  made.at = static_cast<uint32_t>(order_.size() - 1);
  sift_up(made.at);
  return (alarm_id{made.generation} << 32) | (index + 1);
}

void alarm_heap::erase(alarm_id id) noexcept {
  auto index = static_cast<uint32_t>(id) - 1;
  if (id == 0 || index >= slots_.size())
    return;
  auto& found = slots_[index];
  if (found.generation != static_cast<uint32_t>(id >> 32) || !found.ring)
    return;
  take(found.at);
}

void alarm_heap::ring_due(time_point now) {
  for (auto left = size(); left > 0 && !empty() && next() <= now; --left)
    take(0)();
}

bool alarm_heap::before(uint32_t lhs, uint32_t rhs) const noexcept {
  auto& x = slots_[lhs];
  auto& y = slots_[rhs];
  return x.when != y.when ? x.when < y.when : x.seq < y.seq;
}

void alarm_heap::put(size_t at, uint32_t index) noexcept {
  order_[at] = index;
  slots_[index].at = static_cast<uint32_t>(at);
}

void alarm_heap::sift_up(size_t at) noexcept {
  auto moving = order_[at];
  while (at > 0) {
    auto parent = (at - 1) / 2;
    if (!before(moving, order_[parent]))
      break;
    put(at, order_[parent]);
    at = parent;
  }
  put(at, moving);
}

void alarm_heap::sift_down(size_t at) noexcept {
  auto moving = order_[at];
  for (;;) {
    auto child = 2 * at + 1;
    if (child >= order_.size())
      break;
    if (child + 1 < order_.size() && before(order_[child + 1], order_[child]))
      ++child;
    if (!before(order_[child], moving))
      break;
    put(at, order_[child]);
    at = child;
  }
  put(at, moving);
}

std::function<void()> alarm_heap::take(size_t at) noexcept {
  auto index = order_[at];
  auto last = order_.back();
  order_.pop_back();
  if (at < order_.size()) {
    put(at, last);
    sift_up(at);
    sift_down(slots_[last].at);
  }
  free_.push_back(index);
  return std::exchange(slots_[index].ring, nullptr);
}

} // namespace byollm::net
