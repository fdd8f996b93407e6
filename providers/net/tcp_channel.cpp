// SPDX-License-Identifier: Apache-2.0
#include "providers/net/tcp_channel.hpp"

#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace byollm::net {

namespace {

namespace asio = boost::asio;

// Until it is known what comes: a handshake's answer.
constexpr size_t first_read_bytes = 4u << 10;
// Who fills the room gets so many times of it, up to the full buffer.
constexpr size_t read_growth = 4;
// Nothing moves while a whole answer is generated, and what stands between
// forgets such a connection: after 60 s some routers, after 120 s Google's NAT,
// after 350 s Amazon's. Who does not answer to a sign of life is gone.
constexpr int sign_of_life_s = 45;
constexpr int sign_repeat_s = 15;
constexpr int signs_max = 4;

// Asio has no names for most of these. Where one is not taken, a long answer
// may be lost, and no other.
void show_life(int fd) noexcept {
  auto set = [fd](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof(value));
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, sign_of_life_s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, sign_repeat_s);
  set(IPPROTO_TCP, TCP_KEEPCNT, signs_max);
}

asio::ip::address address_of(const ip_bytes& bytes) {
  asio::ip::address_v6 v6{bytes};
  if (v6.is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
  return v6;
}

failure connect_failure(const boost::system::error_code& ec) {
  if (ec == asio::error::no_descriptors
      || ec == boost::system::errc::too_many_files_open_in_system)
    return failure{errc::overloaded, "no file descriptors are left"};
  return failure{errc::connect_failed, "no address accepts the connection"};
}

} // namespace

tcp_channel::tcp_channel(asio::io_context& loop, size_t read_size_max)
    : read_size_(first_read_bytes),
      read_size_max_(read_size_max),
      socket_(loop.get_executor()) {
  // nop
}

void tcp_channel::open(std::vector<ip_bytes> addresses, uint16_t port) {
  addresses_ = std::move(addresses);
  port_ = port;
  connect_next({});
}

void tcp_channel::connect_next(error_code last) {
  if (next_address_ == addresses_.size())
    return tell_open(connect_failure(last));
  error_code ec;
  socket_.close(ec);
  auto at = address_of(addresses_[next_address_++]);
  socket_.async_connect({at, port_},
                        [self = shared_from_this()](error_code failed) {
                          if (!self->events_)
                            return;
                          if (failed)
                            return self->connect_next(failed);
                          self->prepare_socket();
                          self->on_connected();
                        });
}

void tcp_channel::skip_address() noexcept {
  error_code ec;
  if (!is_connected_ && next_address_ < addresses_.size())
    socket_.close(ec);
}

void tcp_channel::prepare_socket() {
  is_connected_ = true;
  error_code ec;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ec);
  show_life(socket_.native_handle());
  // For `is_quiet`, which must not wait.
  socket_.non_blocking(true, ec);
}

void tcp_channel::on_connected() {
  tell_open(unit{});
}

void tcp_channel::write(std::string body) {
  body_ = std::move(body);
  send(head_.bytes(), body_);
}

void tcp_channel::send(std::string_view first, std::string_view second) {
  std::array<asio::const_buffer, 2> both
    = {asio::buffer(first), asio::buffer(second)};
  asio::async_write(socket_, both,
                    [self = shared_from_this()](error_code ec, size_t size) {
                      self->on_sent(ec, size);
                    });
}

void tcp_channel::on_sent(error_code ec, size_t size) {
  head_.release();
  // A long prompt would stay for as long as its answer takes.
  std::string{}.swap(body_);
  tell_written(!ec, size > 0);
}

void tcp_channel::read() {
  auto room = unused_.prepare(read_size_);
  receive({static_cast<char*>(room.data()), room.size()});
}

void tcp_channel::receive(std::span<char> room) {
  socket_.async_read_some(
    asio::buffer(room.data(), room.size()),
    [self = shared_from_this()](error_code ec, size_t size) {
      if (self->events_)
        self->on_received(ec, size);
    });
}

void tcp_channel::on_received(error_code ec, size_t size) {
  if (ec)
    return tell_read(ec == asio::error::eof ? read_end::closed
                                            : read_end::broken);
  unused_.commit(size);
  adapt_read_size(size);
  tell_read(read_end::bytes);
}

void tcp_channel::read_first(size_t size) {
  read_size_ = size;
  read();
}

void tcp_channel::adapt_read_size(size_t size) noexcept {
  if (size == read_size_)
    read_size_ = std::min(read_size_ * read_growth, read_size_max_);
}

void tcp_channel::consume(size_t size) noexcept {
  unused_.consume(size);
}

bool tcp_channel::is_quiet() noexcept {
  if (unused_.size() > 0 || !socket_.is_open())
    return false;
  char byte;
  error_code ec;
  socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
  return ec == asio::error::would_block;
}

void tcp_channel::close() noexcept {
  events_ = nullptr;
  error_code ec;
  socket_.close(ec);
}

void tcp_channel::tell_open(status result) {
  if (events_)
    events_->on_open(std::move(result));
}

void tcp_channel::tell_written(bool whole, bool begun) {
  if (events_)
    events_->on_written(whole, begun);
}

void tcp_channel::tell_read(read_end how) {
  if (events_)
    events_->on_read(
      how, {static_cast<const char*>(unused_.cdata().data()), unused_.size()});
}

} // namespace byollm::net
