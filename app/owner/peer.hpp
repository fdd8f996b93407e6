// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace byollm::owner {

/// Returns whether the process at the other end of the Unix socket `fd` runs as
/// our own user or as root. Keys cross this socket, so both ends ask.
bool peer_is_trusted(int fd) noexcept;

} // namespace byollm::owner
