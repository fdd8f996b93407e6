// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

namespace byollm {

/// Set once nobody waits for an answer any more. Null: somebody does, to the
/// end.
using gone_flag = std::shared_ptr<const std::atomic<bool>>;

inline bool is_set(const gone_flag& flag) noexcept {
  return flag && flag->load(std::memory_order_relaxed);
}

/// Whom something is read for.
struct reader {
  /// One of a crowd that nobody chose, as those whom a page serves: they leave
  /// some of the places of reads to others (`limits::reads_of_pages_max`).
  bool is_of_a_crowd = false;
  /// The next piece of what was let in before: takes no place.
  bool goes_on = false;
  /// What is not begun by then is not read, and of what is read in slices the
  /// rest is not: `cancelled`.
  gone_flag gone = {};
};

} // namespace byollm
