// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/server.hpp"
#include "app/http/session.hpp"

#include "messages/expected.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace byollm::http {

using socket_acceptor
  = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol,
                                       boost::asio::io_context::executor_type>;

/// A place where connections are accepted, on one loop.
class listener : public std::enable_shared_from_this<listener> {
public:
  /// Returns the lane for the next connection.
  using chooser = std::function<std::shared_ptr<lane>()>;

  listener(socket_acceptor open, chooser choose, bool is_local);

  void start();

  /// Accepts no more. Thread: any.
  void stop();

private:
  void accept();
  void accept_later(const std::shared_ptr<lane>& on);
  void welcome(session::socket peer, const std::shared_ptr<lane>& on);

  socket_acceptor acceptor_;
  boost::asio::steady_timer retry_;
  chooser choose_;
  bool is_local_;
  bool is_stopped_ = false;
};

/// Opens a TCP port. Errors: `invalid_config`.
expected<socket_acceptor> listen_on(boost::asio::io_context& loop,
                                    const tcp_place& place, bool allow_remote);

/// Returns the port that `open` listens on.
uint16_t port_of(const socket_acceptor& open);

} // namespace byollm::http
