// SPDX-License-Identifier: Apache-2.0
#include "app/owner/client.hpp"

#include "app/local/socket_name.hpp"
#include "app/owner/peer.hpp"
#include "app/owner/socket_path.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace byollm::owner {

namespace {

failure lost() {
  return {errc::connection_lost, "the data directory's owner went away"};
}

bool write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

bool connect_to(int fd, const std::string& name) noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address))
         == 0;
}

// Waits until `fd` can be read; false if `stop_fd` came first.
bool wait_readable(int fd, int stop_fd) noexcept {
  std::array<pollfd, 2> both{{{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
    // nop
  }
  return both[1].revents == 0;
}

} // namespace

expected<std::optional<client>>
client::connect(const std::filesystem::path& data_directory) {
  auto name = local::socket_name::of(socket_file(data_directory));
  if (!name && name.error().code == errc::not_found)
    return std::optional<client>{};
  if (!name)
    return std::move(name).error();
  client out{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (out.fd_ < 0)
    return failure{errc::store_unavailable, "no socket can be made"};
  if (!connect_to(out.fd_, name->str())) {
    // Nobody listens: no socket file, or that of an owner that died.
    if (errno == ENOENT || errno == ECONNREFUSED)
      return std::optional<client>{};
    return failure{errc::store_unavailable,
                   "the owner's socket cannot be reached", "owner.sock"};
  }
  if (!owner_is_trusted(out.fd_, data_directory))
    return failure{errc::store_unavailable,
                   "the data directory is served by another user; run as that "
                   "user",
                   "owner.sock"};
  return std::optional<client>{std::move(out)};
}

client::client(client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
  // nop
}

client::~client() {
  if (fd_ >= 0)
    ::close(fd_);
}

status client::run(const wiped_bytes& request,
                   const std::function<void(std::string_view line)>& on_line,
                   int stop_fd) {
  // An owner that refuses closes before it read all; its answer tells more than
  // our failed write.
  [[maybe_unused]] auto sent
    = write_all(fd_, view(request)) && write_all(fd_, "\n");
  std::string pending;
  std::array<char, 16u << 10> chunk;
  auto ended = false;
  while (wait_readable(fd_, stop_fd)) {
    auto count = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return ended ? status{unit{}} : status{lost()};
    auto searched = pending.size();
    pending.append(chunk.data(), static_cast<size_t>(count));
    size_t begin = 0;
    for (auto end = pending.find('\n', searched); end != std::string::npos;
         end = pending.find('\n', begin)) {
      auto line = std::string_view{pending}.substr(begin, end - begin);
      ended = !line.starts_with("{\"delta\"");
      on_line(line);
      begin = end + 1;
    }
    pending.erase(0, begin);
  }
  return failure{errc::cancelled, "interrupted"};
}

} // namespace byollm::owner
