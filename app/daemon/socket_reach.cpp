// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/socket_reach.hpp"

#include <system_error>

#include <sys/stat.h>

namespace byollm::daemon {

namespace fs = std::filesystem;

fs::path barrier_to(const fs::path& file, unsigned mode) {
  // Writing to a socket is connecting to it.
  if (!(mode & (S_IWGRP | S_IWOTH)))
    return {};
  // Which group a directory is of we leave to its owner.
  auto needed = mode & S_IWOTH ? S_IXOTH : S_IXGRP | S_IXOTH;
  std::error_code ec;
  auto at = fs::canonical(fs::absolute(file).parent_path(), ec);
  if (ec)
    return {};
  for (;; at = at.parent_path()) {
    struct stat found {};
    if (::stat(at.c_str(), &found) == 0
        && !(found.st_mode & static_cast<mode_t>(needed)))
      return at;
    if (at == at.parent_path())
      return {};
  }
}

} // namespace byollm::daemon
