// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace byollm {

/// Lets this process open as many files as its hard limit says.
void raise_open_files() noexcept;

/// Returns how many files may be open for connections, now and here.
size_t open_files_max() noexcept;

/// Returns how many connections that wait for a call each of `loops` may keep
/// where so many files may be open: the others are for calls under way, and for
/// whatever else the process has.
size_t idle_connections_of_a_loop(size_t files, size_t loops) noexcept;

} // namespace byollm
