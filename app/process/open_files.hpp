// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace byollm {

/// Lets this process open as many files as its hard limit says.
void raise_open_files() noexcept;

/// Returns how many files may be open for connections, now and here.
size_t open_files_max() noexcept;

} // namespace byollm
