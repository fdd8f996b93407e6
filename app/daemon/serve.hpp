// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace byollm::daemon {

/// Serves as a configuration file says until it is told to stop, and reads the
/// file anew when it is told to: by signals, so call it before any thread
/// starts. Returns the process's exit code.
int serve(const std::filesystem::path& file);

} // namespace byollm::daemon
