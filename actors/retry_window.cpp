// SPDX-License-Identifier: Apache-2.0
#include "actors/retry_window.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

void retry_window::called(time_point now) noexcept {
  ++slot_of(number_of(now)).calls;
}

retry_right retry_window::take(time_point now) noexcept {
  auto number = number_of(now);
  auto& now_in = slot_of(number);
  if (has_retry_left(number)) {
    ++now_in.retries;
    return retry_right::granted;
  }
  auto before = std::exchange(denied_, number);
  return number - before < slot_count ? retry_right::denied
                                      : retry_right::denied_first;
}

bool retry_window::is_empty(time_point now) const noexcept {
  return number_of(now) - touched_ >= slot_count;
}

int64_t retry_window::number_of(time_point now) noexcept {
  return now.time_since_epoch() / slot_length;
}

retry_window::slot& retry_window::slot_of(int64_t number) noexcept {
  touched_ = std::max(touched_, number);
  auto& found = slots_[static_cast<size_t>(number % slot_count)];
  // Another loop may have looked at its clock a moment before.
  if (found.number < number)
    found = {number};
  return found;
}

bool retry_window::has_retry_left(int64_t number) const noexcept {
  uint64_t calls = 0;
  uint64_t retries = 0;
  for (const auto& each : slots_) {
    if (number - each.number >= slot_count)
      continue;
    calls += each.calls;
    retries += each.retries;
  }
  return retries
         < std::max<uint64_t>(limits::retries_in_window_min,
                              calls * limits::retries_in_window_percent / 100);
}

} // namespace byollm
