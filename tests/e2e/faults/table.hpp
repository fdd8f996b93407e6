// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/e2e/faults/matrix.hpp"

#include <string>

namespace byollm::test {

/// Renders what was observed as the table of docs/providers.md: a row for each
/// fault, in their order.
std::string fault_table(const matrix& from);

} // namespace byollm::test
