// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"
#include "providers/net/channel.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <span>

namespace byollm::net {

/// A channel over plain TCP, and what the one over TLS has in common with it.
class tcp_channel : public channel,
                    public std::enable_shared_from_this<tcp_channel> {
public:
  explicit tcp_channel(boost::asio::io_context& loop,
                       size_t read_size_max = limits::read_buffer_bytes);

  void open(std::vector<ip_bytes> addresses, uint16_t port) override;
  void skip_address() noexcept override;
  void write(std::string body) override;
  void read() override;
  void read_first(size_t size) override;
  void consume(size_t size) noexcept override;
  bool is_quiet() noexcept override;
  void close() noexcept override;

protected:
  using error_code = boost::system::error_code;
  using read_end = channel_events::read_end;

  /// The TCP connection stands.
  virtual void on_connected();

  /// Bytes came off the socket into `unused_`, or why none.
  virtual void on_received(error_code ec, size_t size);

  /// The bytes passed to `send` are with the kernel, or why not.
  virtual void on_sent(error_code ec, size_t size);

  /// Reads from the socket into `room`, which must stay until `on_received`.
  void receive(std::span<char> room);

  /// Writes both to the socket; they must stay until `on_sent`.
  void send(std::string_view first, std::string_view second);

  void tell_open(status result);
  void tell_written(bool whole, bool begun);
  void tell_read(read_end how);

  /// Learns from how much a read of `read_size_` brought.
  void adapt_read_size(size_t size) noexcept;

  boost::beast::flat_buffer unused_;
  std::string body_;
  size_t read_size_;

private:
  using socket_type
    = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                       boost::asio::io_context::executor_type>;

  void connect_next(error_code last);
  void prepare_socket();

  const size_t read_size_max_;
  socket_type socket_;
  std::vector<ip_bytes> addresses_;
  size_t next_address_ = 0;
  uint16_t port_ = 0;
  bool is_connected_ = false;
};

} // namespace byollm::net
