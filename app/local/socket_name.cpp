// SPDX-License-Identifier: Apache-2.0
#include "app/local/socket_name.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

namespace byollm::local {

expected<socket_name> socket_name::of(const std::filesystem::path& file) {
  auto folder = file.has_parent_path() ? file.parent_path() : ".";
  // Opened also when the name is short: this tells "no such directory" apart.
  auto fd = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return failure{errno == ENOENT ? errc::not_found : errc::store_unavailable,
                   "the socket's directory cannot be opened"};
  auto name = file.string();
  if (name.size() >= sizeof(sockaddr_un::sun_path))
    name
      = "/proc/self/fd/" + std::to_string(fd) + "/" + file.filename().string();
  return socket_name{fd, std::move(name)};
}

socket_name::socket_name(socket_name&& other) noexcept
    : directory_(std::exchange(other.directory_, -1)),
      name_(std::move(other.name_)) {
  // nop
}

socket_name::~socket_name() {
  if (directory_ >= 0)
    ::close(directory_);
}

} // namespace byollm::local
