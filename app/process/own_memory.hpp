// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace byollm {

/// Keeps core dumps, debuggers of the same user and children from the keys in
/// this process's memory; says on stderr if it cannot.
void keep_memory_to_ourselves();

} // namespace byollm
