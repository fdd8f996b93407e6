// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/server.hpp"
#include "tests/net/net_fixture.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace byollm::test {

/// A client's end of a connection, on the same loop as the server.
class raw_client : public std::enable_shared_from_this<raw_client> {
public:
  using protocol = boost::asio::generic::stream_protocol;

  raw_client(boost::asio::io_context& loop, const protocol::endpoint& at);

  /// Reads from now on, into `received`.
  void read();

  /// Sends after what was sent before.
  void send(std::string bytes);

  /// Ends the connection so that the other side sees a reset.
  void reset();

  /// Says that nothing more will be sent.
  void shut();

  std::string received;
  /// The other side closed or reset the connection.
  bool is_ended = false;
  bool is_reset = false;

private:
  void write();

  protocol::socket socket_;
  std::array<char, 16 * 1024> room_;
  std::string waiting_;
  bool is_writing_ = false;
};

using client_ptr = std::shared_ptr<raw_client>;

/// A server on one loop, which the test's own thread runs, with a clock that
/// the test moves.
class http_fixture {
public:
  http_fixture();
  ~http_fixture();

  /// Starts with `options`; by default it listens on 127.0.0.1 and keeps each
  /// exchange in `asked`.
  void serve();

  /// Answers each request with its method, path and body.
  void echo();

  /// Connects over TCP; reads unless told not to.
  client_ptr connect(bool reads = true);

  /// Connects, sends, and waits for the connection's end.
  std::string talk(const std::string& bytes, size_t piece = 1u << 20);

  /// Runs the loop until `what` holds; fails the test if it never does.
  void until(const std::function<bool()>& what);

  /// Runs what is ready now.
  void settle();

  boost::asio::io_context loop{1};
  manual_clock clock;
  http::server_options options;
  std::unique_ptr<http::server> server;
  std::vector<http::exchange_ptr> asked;
};

/// A GET without a body.
std::string get(const std::string& path, const std::string& fields = "");

std::string post(const std::string& path, const std::string& body,
                 const std::string& fields = "");

/// Returns how often `part` is in `text`.
size_t count(std::string_view text, std::string_view part);

/// The body of the only answer in `text`.
std::string body_of(const std::string& text);

/// A folder that goes away with the object.
class temporary_folder {
public:
  temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();

  std::filesystem::path path;
};

} // namespace byollm::test
