// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/load.hpp"
#include "app/standin/options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>

namespace byollm::standin {

using loop_executor = boost::asio::io_context::executor_type;
using tcp_socket
  = boost::asio::basic_stream_socket<boost::asio::ip::tcp, loop_executor>;
template <class T>
using task = boost::asio::awaitable<T, loop_executor>;

/// What all sessions share. Used by the loop's one thread.
struct server {
  options opts;
  /// Set in load mode.
  std::optional<canned_answers> canned;
  uint64_t serial = 0;
};

/// Answers one connection's requests in order until either side closes it.
task<void> serve(tcp_socket socket, server& shared);

} // namespace byollm::standin
