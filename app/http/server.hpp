// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"

#include "messages/expected.hpp"
#include "messages/limits.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm {
class alarm_clock;
} // namespace byollm

namespace byollm::http {

/// An address and a port to listen on; port 0 lets the system choose.
struct tcp_place {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
};

/// The bounds of one server, as `messages/limits.hpp` explains them.
struct server_limits {
  using duration = std::chrono::steady_clock::duration;

  size_t head_bytes = limits::http_header_bytes_max;
  size_t head_fields = limits::http_header_fields_max;
  size_t body_bytes = limits::http_body_bytes_max;
  size_t bodies_bytes = limits::http_bodies_bytes_max;
  size_t connections = limits::http_connections_max;
  size_t requests_per_connection = limits::http_requests_per_connection_max;
  size_t stream_queue_bytes = limits::http_stream_queue_bytes;
  duration head_timeout = limits::http_head_timeout;
  duration body_timeout = limits::http_body_timeout;
  duration idle_timeout = limits::http_idle_timeout;
  duration write_timeout = limits::http_write_timeout;
};

/// Makes the answer to what the server itself refuses: `status`, one sentence
/// of why, and the request's head if it could be read (null otherwise). Called
/// on a loop; its fields are checked as a handler's are.
using error_answer = std::function<answer(int status, std::string_view why,
                                          const request* head)>;

/// What a head says about a large body that is on its way.
struct head_verdict {
  /// Answers the request, whose body is not read; its connection closes.
  std::optional<answer> no = {};
  /// Whose the body's bytes are: nobody has more than is left for the others.
  std::string payer = {};
};

/// Looks at the head of a request before its body is read: one of more than
/// limits::http_read_buffer_bytes, of unknown length, or that is to be asked
/// for (`Expect`). Called on a loop.
using head_check = std::function<head_verdict(const request& head)>;

struct server_options {
  handler on_request = {};
  /// Empty: none.
  std::filesystem::path unix_path = {};
  /// Who may connect to it.
  unsigned unix_mode = 0600;
  std::optional<tcp_place> tcp = {};
  /// Take `tcp` at an address that other machines reach, too.
  bool allow_remote = false;
  /// Over TCP, `Host` must be an address, "localhost" or one of these names
  /// (else 421): a page cannot reach us by a name of its own that resolves to
  /// this machine.
  bool check_host = true;
  std::vector<std::string> allowed_hosts = {};
  server_limits bounds = {};
  /// By default {"error":{"code":...,"message":...}}.
  error_answer on_error = {};
  /// Gets a record of each request at its end, while `record` is on. Called on
  /// a loop; must not block. Outlives the loops' work.
  std::function<void(const record&)> on_end = {};
  /// One for each loop, used on that loop; empty: the loops' own time.
  std::vector<alarm_clock*> clocks = {};
  /// By default all bodies are read, and are nobody's.
  head_check on_head = {};
};

/// An HTTP/1.1 server on the host's loops. A connection stays on one loop, on
/// which its requests are handled, one after the other.
/// Thread: any; one at a time, except the counts. Each loop is run by one
/// thread, outlives the server, and runs what the server's end has posted to
/// it.
class server {
public:
  class impl;

  /// Starts serving; accepts on the first loop and gives each connection to the
  /// next one in turn. A socket file that nobody serves is replaced.
  /// Errors: `invalid_config` with the option's name in `parameter` (an address
  /// that is no loopback address without `allow_remote`, a socket file that is
  /// served or is no socket, a place that cannot be listened on).
  static expected<std::unique_ptr<server>>
  start(std::vector<boost::asio::io_context*> loops, server_options options);

  explicit server(std::shared_ptr<impl> self);
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Cuts what is left of the connections (their exchanges are told) and
  /// removes the socket file. Does not wait.
  ~server();

  /// Returns the TCP port that is listened on, or 0.
  uint16_t port() const noexcept;

  /// Takes no new connections; those that are open go on.
  void stop_accepting();

  /// Takes no new connections, closes those that are between requests, and the
  /// others after the answer under way. Calls `drained` once, on a loop, when
  /// all are closed. Call once.
  void drain(std::function<void()> drained);

  /// Changes `allowed_hosts`, for requests that begin from now on, and calls
  /// `done` on each loop that knows.
  void allow_hosts(std::vector<std::string> names,
                   const std::function<void()>& done);

  /// Has records made from now on, or no more.
  void keep_records(bool wanted) noexcept;

  /// Returns how many requests are being answered.
  size_t open_exchanges() const noexcept;

  /// Returns how many connections are open.
  size_t connections() const noexcept;

private:
  std::shared_ptr<impl> impl_;
};

} // namespace byollm::http
