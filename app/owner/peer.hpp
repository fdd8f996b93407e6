// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace byollm::owner {

/// Returns whether the process at the other end of the Unix socket `fd` runs as
/// our own user or as root. Keys cross this socket, so both ends ask.
bool peer_is_trusted(int fd) noexcept;

/// The same of the process that serves `data_directory`. Root trusts there also
/// whom alone the directory belongs to: a daemon with a user of its own is
/// administered by root.
bool owner_is_trusted(int fd, const std::filesystem::path& data_directory);

} // namespace byollm::owner
