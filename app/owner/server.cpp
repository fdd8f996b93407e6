// SPDX-License-Identifier: Apache-2.0
#include "app/owner/server.hpp"

#include "app/local/socket_name.hpp"
#include "app/owner/peer.hpp"
#include "app/owner/session.hpp"
#include "app/owner/socket_path.hpp"

#include "messages/limits.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace byollm {

namespace {

using protocol = boost::asio::local::stream_protocol;

failure socket_failure(const char* what) {
  return {errc::store_unavailable, what, "owner.sock"};
}

// Leaves anything that is not a socket alone: it is not ours.
void remove_dead_socket(const std::string& name) noexcept {
  struct stat found {};
  if (::lstat(name.c_str(), &found) == 0 && S_ISSOCK(found.st_mode))
    ::unlink(name.c_str());
}

} // namespace

class owner_server::impl : public std::enable_shared_from_this<impl> {
public:
  impl(boost::asio::io_context& io, local::socket_name name, const runtime& of)
      : acceptor_(io), retry_(io), name_(std::move(name)), of_(of) {
    // nop
  }

  status listen() {
    boost::system::error_code ec;
    remove_dead_socket(name_.str());
    acceptor_.open(protocol{}, ec);
    if (!ec)
      acceptor_.bind(protocol::endpoint{name_.str()}, ec);
    if (ec)
      return socket_failure("the owner socket cannot be made");
    // Before anybody can connect. No umask: that is the whole process's.
    if (::chmod(name_.str().c_str(), S_IRUSR | S_IWUSR) != 0)
      return socket_failure("the owner socket cannot be made private");
    acceptor_.listen(boost::asio::socket_base::max_listen_connections, ec);
    if (ec)
      return socket_failure("the owner socket cannot listen");
    return unit{};
  }

  void accept() {
    acceptor_.async_accept(
      [self = shared_from_this()](boost::system::error_code ec,
                                  protocol::socket peer) {
        if (self->closing_)
          return;
        if (ec)
          return self->accept_later();
        self->welcome(std::move(peer));
        self->accept();
      });
  }

  // Runs on the thread that lets go of the server.
  void shut() {
    closing_ = true;
    remove_dead_socket(name_.str());
    boost::asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      boost::system::error_code ignored;
      self->acceptor_.close(ignored);
      self->retry_.cancel();
      for (const auto& weak : self->sessions_)
        if (auto open = weak.lock())
          open->close();
      self->sessions_.clear();
    });
  }

private:
  // Out of descriptors, for example: trying again at once would spin.
  void accept_later() {
    retry_.expires_after(std::chrono::seconds{1});
    retry_.async_wait([self = shared_from_this()](auto ec) {
      if (!ec && !self->closing_)
        self->accept();
    });
  }

  void welcome(protocol::socket peer) {
    if (!owner::peer_is_trusted(peer.native_handle()))
      return;
    std::erase_if(sessions_, [](const auto& weak) { return weak.expired(); });
    auto opened = std::make_shared<owner::session>(std::move(peer), of_);
    if (sessions_.size() >= limits::owner_connections_max)
      return opened->refuse({errc::overloaded, "too many connections"});
    sessions_.push_back(opened);
    opened->start();
  }

  protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  local::socket_name name_;
  const runtime& of_;
  std::atomic<bool> closing_ = false;
  std::vector<std::weak_ptr<owner::session>> sessions_;
};

owner_server::owner_server(std::shared_ptr<impl> self)
    : impl_(std::move(self)) {
  // nop
}

owner_server::~owner_server() {
  impl_->shut();
}

expected<std::unique_ptr<owner_server>>
start_owner_server(boost::asio::io_context& io,
                   const std::filesystem::path& data_directory,
                   const runtime& of) {
  auto name = local::socket_name::of(owner::socket_file(data_directory));
  if (!name)
    return std::move(name).error();
  auto made = std::make_shared<owner_server::impl>(io, *std::move(name), of);
  if (auto listening = made->listen(); !listening)
    return listening.error();
  made->accept();
  return std::make_unique<owner_server>(std::move(made));
}

} // namespace byollm
