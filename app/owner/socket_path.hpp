// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace byollm::owner {

/// Where the owner of a data directory listens.
inline std::filesystem::path
socket_file(const std::filesystem::path& data_directory) {
  return data_directory / "owner.sock";
}

} // namespace byollm::owner
