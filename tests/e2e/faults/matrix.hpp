// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/e2e/faults/world.hpp"

#include <string>
#include <vector>

namespace byollm::test {

/// A fault in one dialect, streaming or not, with consent or without.
struct cell {
  std::string fault;
  size_t user = 0;
  surroundings in = {};
  staged_call call;
  observation saw = {};

  /// "cut in mid-answer, openai, stream, consent"
  std::string name() const;
};

struct matrix {
  /// By fault as in `all_faults`, then dialect, then whole before stream, then
  /// without consent before with it.
  std::vector<cell> cells = {};
  /// Whether all ledgers verify.
  bool is_intact = true;
};

/// Plays every cell; the first time it is called.
const matrix& played_matrix();

} // namespace byollm::test
