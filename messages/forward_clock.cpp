// SPDX-License-Identifier: Apache-2.0
#include "messages/forward_clock.hpp"

#include "messages/calendar.hpp"

#include <algorithm>
#include <chrono>

namespace byollm {

int64_t forward_clock::unix_ms() {
  std::lock_guard guard{mutex_};
  auto wall = wall_ms_();
  auto elapsed = elapsed_ms_();
  // Not the later of two readings: it would stand still until the wall clock
  // has caught up, and nothing would end in that time.
  auto goes_on = last_ms_ + (elapsed - last_elapsed_ms_);
  last_ms_ = has_begun_ ? std::max(wall, goes_on) : wall;
  last_elapsed_ms_ = elapsed;
  has_begun_ = true;
  return last_ms_;
}

int64_t unix_ms_forward() {
  static forward_clock clock{
    unix_ms_now, [] {
      using namespace std::chrono;
      auto since = steady_clock::now().time_since_epoch();
      return int64_t{duration_cast<milliseconds>(since).count()};
    }};
  return clock.unix_ms();
}

} // namespace byollm
