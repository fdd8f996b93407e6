// SPDX-License-Identifier: Apache-2.0
#include "app/http/listener.hpp"

#include "messages/limits.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include <netinet/in.h>

namespace byollm::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr refusal too_many{503, "too many connections are open"};

} // namespace

listener::listener(socket_acceptor open, chooser choose, bool is_local)
    : acceptor_(std::move(open)),
      retry_(acceptor_.get_executor()),
      choose_(std::move(choose)),
      is_local_(is_local) {
  // nop
}

void listener::start() {
  asio::dispatch(acceptor_.get_executor(),
                 [self = shared_from_this()] { self->accept(); });
}

void listener::stop() {
  asio::dispatch(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->is_stopped_ = true;
    self->acceptor_.close(ignored);
    self->retry_.cancel();
  });
}

void listener::accept() {
  if (is_stopped_)
    return;
  auto on = choose_();
  auto executor = on->loop.get_executor();
  acceptor_.async_accept(executor,
                         [self = shared_from_this(), on = std::move(on)](
                           error_code ec, session::socket peer) {
                           if (self->is_stopped_)
                             return;
                           if (ec)
                             return self->accept_later(on);
                           self->welcome(std::move(peer), on);
                           self->accept();
                         });
}

// Out of descriptors, for example: trying again at once would spin.
void listener::accept_later(const std::shared_ptr<lane>& on) {
  asio::dispatch(on->loop, [on] { on->make_room(); });
  retry_.expires_after(std::chrono::milliseconds{100});
  retry_.async_wait([self = shared_from_this()](error_code ec) {
    if (!ec)
      self->accept();
  });
}

void listener::welcome(session::socket peer, const std::shared_ptr<lane>& on) {
  auto open = on->shared->connections.load();
  auto most = on->shared->options.bounds.connections;
  if (open >= most + limits::http_refusals_max)
    return;
  auto made = std::make_shared<session>(std::move(peer), on, is_local_);
  asio::dispatch(on->loop, [made, on, is_taken = open < most] {
    // Who was asked for nothing yet, or no more, can come again.
    if (is_taken || on->make_room())
      made->start();
    else
      made->start_refusing(too_many);
  });
}

expected<socket_acceptor> listen_on(asio::io_context& loop,
                                    const tcp_place& place, bool allow_remote) {
  error_code ec;
  auto address = asio::ip::make_address(place.address, ec);
  if (ec)
    return failure{errc::invalid_config, "this is no address", "tcp"};
  if (!address.is_loopback() && !allow_remote)
    return failure{errc::invalid_config,
                   "other machines reach this address: it needs allow_remote",
                   "tcp"};
  asio::ip::tcp::endpoint at{address, place.port};
  socket_acceptor made{loop.get_executor()};
  made.open(at.protocol(), ec);
  if (!ec)
    made.set_option(asio::socket_base::reuse_address{true}, ec);
  if (!ec)
    made.bind(at, ec);
  if (!ec)
    made.listen(asio::socket_base::max_listen_connections, ec);
  if (ec)
    return failure{
      errc::invalid_config,
      "the address and port cannot be listened on: " + ec.message(), "tcp"};
  return made;
}

uint16_t port_of(const socket_acceptor& open) {
  error_code ec;
  auto at = open.local_endpoint(ec);
  sockaddr_storage raw{};
  std::memcpy(&raw, at.data(), std::min(at.size(), sizeof(raw)));
  // Of both families, the port is in the same place.
  return ntohs(reinterpret_cast<sockaddr_in&>(raw).sin_port);
}

} // namespace byollm::http
