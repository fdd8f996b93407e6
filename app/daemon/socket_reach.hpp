// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace byollm::daemon {

/// Returns the directory that keeps those from the Unix socket `file` whom its
/// `mode` admits beside its owner: they need to pass every directory on the
/// way. Empty if none does, or if nobody else is admitted.
std::filesystem::path barrier_to(const std::filesystem::path& file,
                                 unsigned mode);

} // namespace byollm::daemon
