// SPDX-License-Identifier: Apache-2.0
#include "app/owner/socket_path.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

namespace byollm::owner {

std::filesystem::path socket_file(const std::filesystem::path& data_directory) {
  return data_directory / "owner.sock";
}

expected<socket_name>
socket_name::of(const std::filesystem::path& data_directory) {
  // Opened also when the name is short: this tells "no such directory" apart.
  auto fd = ::open(data_directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return failure{errno == ENOENT ? errc::not_found : errc::store_unavailable,
                   "the data directory cannot be opened"};
  auto name = socket_file(data_directory).string();
  if (name.size() >= sizeof(sockaddr_un::sun_path))
    name = "/proc/self/fd/" + std::to_string(fd) + "/owner.sock";
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

} // namespace byollm::owner
