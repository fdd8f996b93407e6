// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/e2e/faults/world.hpp"

#include <string>

namespace byollm::test {

/// Compares what a call came to with what shall come of it: what the caller
/// was told, what both providers were asked and with whose key, and the
/// ledger. Returns a line for each difference.
std::string differences(const staged_call& call, size_t user,
                        const surroundings& in, const observation& saw);

/// One line for each attempt.
std::string in_words(const std::vector<attempt_row>& rows);

} // namespace byollm::test
