// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

namespace byollm::load {

/// Who runs where: what is measured, and everybody else. Empty: anywhere.
struct placement {
  std::vector<int> ours = {};
  std::vector<int> others = {};
};

/// With a core to spare, the loops have the first ones to themselves.
inline placement place(size_t loops, bool no_pinning) {
  placement result;
  auto cores = std::thread::hardware_concurrency();
  if (no_pinning || cores <= loops)
    return result;
  for (size_t i = 0; i < cores; ++i)
    (i < loops ? result.ours : result.others).push_back(static_cast<int>(i));
  return result;
}

} // namespace byollm::load
