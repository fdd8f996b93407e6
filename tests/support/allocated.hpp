// SPDX-License-Identifier: Apache-2.0
// Counts work without a clock: code that copies or builds the same thing over
// and over allocates more than its input is long.
#pragma once

#include <cstddef>

namespace byollm::test {

/// Returns how many bytes this thread got from `operator new` so far.
size_t bytes_allocated() noexcept;

/// Returns how many bytes `work` gets.
template <class Work>
size_t bytes_allocated_by(Work work) {
  auto before = bytes_allocated();
  work();
  return bytes_allocated() - before;
}

} // namespace byollm::test
