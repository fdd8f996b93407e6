// SPDX-License-Identifier: Apache-2.0
#include "app/trace/span_queue.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace byollm::trace {

void span_queue::push(span what) noexcept {
  std::lock_guard guard{mutex_};
  if (waiting_.size() >= limits::spans_waiting_max)
    return dropped(1);
  waiting_.push_back(std::move(what));
  if (waiting_.size() == 1 && wake_)
    wake_();
}

std::vector<span> span_queue::take(size_t most) {
  std::lock_guard guard{mutex_};
  auto end = waiting_.begin()
             + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
  std::vector<span> out{std::make_move_iterator(waiting_.begin()),
                        std::make_move_iterator(end)};
  waiting_.erase(waiting_.begin(), end);
  return out;
}

void span_queue::on_first(std::function<void()> wake) {
  std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
  if (wake_ && !waiting_.empty())
    wake_();
}

size_t span_queue::size() const {
  std::lock_guard guard{mutex_};
  return waiting_.size();
}

} // namespace byollm::trace
