// SPDX-License-Identifier: Apache-2.0
#include "app/owner/peer.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace byollm::owner {

bool peer_is_trusted(int fd) noexcept {
  ucred who{};
  socklen_t size = sizeof(who);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return false;
  return who.uid == 0 || who.uid == ::geteuid();
}

} // namespace byollm::owner
