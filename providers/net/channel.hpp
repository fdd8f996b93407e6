// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/address.hpp"
#include "messages/expected.hpp"
#include "providers/net/request_head.hpp"
#include "providers/net/response_framer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm::net {

class tls_session;

/// What a channel tells the one who uses it, on the loop thread and never from
/// inside a call to the channel.
class channel_events {
public:
  /// How a read ended.
  enum class read_end : uint8_t {
    bytes,  ///< There are more bytes.
    closed, ///< The peer ended the connection properly.
    broken, ///< The connection broke, or was cut without TLS's own end.
  };

  virtual ~channel_events() = default;

  /// The channel is open and the peer is who it should be, or why not:
  /// `overloaded` if there was no file descriptor.
  virtual void on_open(status result) = 0;

  /// The request was handed over whole, or the connection broke before. `begun`
  /// is false only if not one byte of it was.
  virtual void on_written(bool whole, bool begun) = 0;

  /// `unused` are all bytes that were not consumed yet.
  virtual void on_read(read_end how, std::string_view unused) = 0;
};

/// One connection to one origin, TCP or TLS over it, with what belongs to a
/// connection for life: buffers, the request's head, the framer.
/// Thread: the loop thread.
class channel {
public:
  virtual ~channel() = default;

  /// Sets who is told. After a call with null nobody is told anything.
  void attach(channel_events* events) noexcept {
    events_ = events;
  }

  request_head& head() noexcept {
    return head_;
  }

  response_framer& framer() noexcept {
    return framer_;
  }

  /// Connects to the first of the addresses that accepts, all of them checked
  /// before, and shakes hands.
  virtual void open(std::vector<ip_bytes> addresses, uint16_t port) = 0;

  /// Gives up on the address that is being tried if there is another one; no
  /// effect once connected.
  virtual void skip_address() noexcept = 0;

  /// Writes `head()` and `body`, then wipes the head.
  virtual void write(std::string body) = 0;

  /// Reads once. At most one read may be under way.
  virtual void read() = 0;

  /// Begins to read an answer: with room for `size` bytes, and for more once a
  /// read fills it.
  virtual void read_first(size_t size) = 0;

  /// Drops the first `size` of the unused bytes.
  virtual void consume(size_t size) noexcept = 0;

  /// Returns whether the connection is as it was left: open, and not a byte has
  /// come since. Asks the kernel, so that what arrived before this cannot
  /// become part of the next answer.
  virtual bool is_quiet() noexcept = 0;

  /// Closes at once. Nobody is told anything more.
  virtual void close() noexcept = 0;

protected:
  channel_events* events_ = nullptr;
  request_head head_;
  response_framer framer_;
};

using channel_ptr = std::shared_ptr<channel>;

/// Returns an unconnected channel; plain TCP if `tls` is null.
channel_ptr make_channel(boost::asio::io_context& loop,
                         std::unique_ptr<tls_session> tls);

} // namespace byollm::net
