// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <string>
#include <vector>

namespace byollm::demo {

/// Prints who answered in `turn`, with which model, which rung set each
/// parameter, and whose bill it is: all of it read back from the ledger.
/// Returns a failure if the rows do not tell.
status print_turn(const runtime& rt, const std::string& turn);

/// Prints the ledger rows of `turns` as a table, and then whether the whole
/// ledger verifies. Errors: `store_corrupt` if it does not.
status print_ledger(const runtime& rt, const std::vector<std::string>& turns);

/// Decoration, nothing when stdout is no terminal.
std::string bold(const std::string& text);
std::string dim(const std::string& text);

} // namespace byollm::demo
