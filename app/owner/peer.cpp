// SPDX-License-Identifier: Apache-2.0
#include "app/owner/peer.hpp"

#include "app/local/sole_owner.hpp"

#include <optional>

#include <sys/socket.h>
#include <unistd.h>

namespace byollm::owner {

namespace {

std::optional<uid_t> user_at(int fd) noexcept {
  ucred who{};
  socklen_t size = sizeof(who);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return std::nullopt;
  return who.uid;
}

} // namespace

bool peer_is_trusted(int fd) noexcept {
  auto who = user_at(fd);
  return who && (*who == 0 || *who == ::geteuid());
}

bool owner_is_trusted(int fd, const std::filesystem::path& data_directory) {
  if (peer_is_trusted(fd))
    return true;
  // Who has the directory has the keys in it already. Whoever else serves it,
  // or could have put it there for root to find, gets none.
  auto who = user_at(fd);
  return who && ::geteuid() == 0 && local::sole_owner(data_directory) == *who;
}

} // namespace byollm::owner
