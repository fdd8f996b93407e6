// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/owner/operations.hpp"
#include "app/vault/wiped_bytes.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace byollm::owner {

/// One connection, one operation. A client that goes away cancels its chat; one
/// that reads slowly pauses it: no more than `queued_max` bytes wait, plus what
/// the provider's socket had already handed over.
/// Thread: everything but `take` on the loop.
class session : public std::enable_shared_from_this<session> {
public:
  using socket = boost::asio::local::stream_protocol::socket;

  static constexpr size_t queued_max = 256u << 10;

  session(socket peer, const runtime& of);
  ~session();

  /// Reads the request and runs it.
  void start();

  /// Answers with `why` and closes.
  void refuse(const failure& why);

  /// Cancels a running chat and closes the socket.
  void close();

private:
  using error = boost::system::error_code;

  void read_request();
  void on_request_bytes(size_t count);
  void run();
  void watch_for_end();

  /// Takes a line from the operation. Thread: any.
  flow take(std::string line, bool last);
  void write_next();
  void on_written(size_t count);

  socket peer_;
  const runtime& of_;
  boost::asio::steady_timer patience_;
  std::array<char, 16u << 10> chunk_;
  wiped_bytes request_;
  operation_ptr operation_;

  std::mutex mutex_;
  std::deque<std::string> lines_;
  size_t queued_ = 0;
  bool writing_ = false;
  bool paused_ = false;
  bool ending_ = false;
};

} // namespace byollm::owner
