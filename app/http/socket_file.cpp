// SPDX-License-Identifier: Apache-2.0
#include "app/http/socket_file.hpp"

#include "app/local/socket_name.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace byollm::http {

namespace asio = boost::asio;
using local_socket = asio::local::stream_protocol;

namespace {

failure path_failure(const char* what) {
  return {errc::invalid_config, what, "unix_path"};
}

/// Makes room for our own socket, unless somebody serves the one there.
status remove_dead(const std::string& name) {
  struct stat found {};
  if (::lstat(name.c_str(), &found) != 0)
    return errno == ENOENT ? status{unit{}}
                           : path_failure("the socket cannot be looked at");
  if (!S_ISSOCK(found.st_mode))
    return path_failure("there is a file that is no socket");
  asio::io_context here;
  local_socket::socket probe{here};
  boost::system::error_code ec;
  probe.connect(local_socket::endpoint{name}, ec);
  if (ec != asio::error::connection_refused)
    return path_failure("somebody serves this socket");
  if (::unlink(name.c_str()) != 0)
    return path_failure("the socket that nobody serves cannot be removed");
  return unit{};
}

} // namespace

struct socket_file::identity {
  local::socket_name name;
  dev_t device = 0;
  ino_t node = 0;
};

socket_file::socket_file(std::unique_ptr<identity> made) noexcept
    : self_(std::move(made)) {
  // nop
}

socket_file::socket_file(socket_file&&) noexcept = default;

socket_file::~socket_file() {
  remove();
}

expected<socket_file> socket_file::make(socket_acceptor& open,
                                        const std::filesystem::path& path,
                                        unsigned mode) {
  auto name = local::socket_name::of(path);
  if (!name)
    return path_failure("the socket's directory cannot be opened");
  if (name->str().size() >= sizeof(sockaddr_un::sun_path))
    return path_failure("the socket's name is too long");
  if (auto gone = remove_dead(name->str()); !gone)
    return gone.error();
  boost::system::error_code ec;
  local_socket::endpoint at{name->str()};
  open.open(at.protocol(), ec);
  if (!ec)
    open.bind(at, ec);
  if (ec)
    return path_failure("the socket cannot be made");
  struct stat made {};
  if (::lstat(name->str().c_str(), &made) != 0)
    return path_failure("the socket cannot be looked at");
  socket_file result{std::make_unique<identity>(
    identity{*std::move(name), made.st_dev, made.st_ino})};
  // Before anybody can connect. No umask: that is the whole process's.
  if (::chmod(result.self_->name.str().c_str(), static_cast<mode_t>(mode)) != 0)
    return path_failure("the socket's mode cannot be set");
  open.listen(asio::socket_base::max_listen_connections, ec);
  if (ec)
    return path_failure("the socket cannot be listened on");
  return result;
}

void socket_file::remove() noexcept {
  auto made = std::exchange(self_, nullptr);
  struct stat found {};
  if (made && ::lstat(made->name.str().c_str(), &found) == 0
      && found.st_dev == made->device && found.st_ino == made->node)
    ::unlink(made->name.str().c_str());
}

} // namespace byollm::http
