// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/test_ca.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm::test {

/// What an upstream does on one connection, in order. A script that ends
/// without an end of the connection leaves it open and silent.
class upstream_script {
public:
  /// Reads one whole request.
  upstream_script& expect();
  /// Reads only the head of a request; its body stays unread.
  upstream_script& expect_head();
  /// Writes exactly these bytes.
  upstream_script& send(std::string bytes);
  /// Writes these bytes one by one.
  upstream_script& drip(std::string bytes);
  /// Writes `bytes` so many times, or until the connection ends.
  upstream_script& flood(std::string bytes, size_t times);
  /// Waits for `scripted_upstream::raise(event)`.
  upstream_script& wait(std::string event);
  /// Asks for new TLS keys so many times.
  upstream_script& update_keys(size_t times);
  /// Ends the connection properly: TLS's end, then TCP's.
  upstream_script& close();
  /// Ends TCP without TLS's end.
  upstream_script& cut();
  /// Ends the connection with RST.
  upstream_script& reset();
  /// Starts over.
  upstream_script& again();

  struct read_step {
    bool body;
  };
  struct send_step {
    std::string bytes;
    size_t times;
  };
  struct drip_step {
    std::string bytes;
  };
  struct wait_step {
    std::string event;
  };
  struct keys_step {
    size_t times;
  };
  struct end_step {
    enum class how : uint8_t { close, cut, reset };
    how ends;
  };
  struct again_step {};

  using step = std::variant<read_step, send_step, drip_step, wait_step,
                            keys_step, end_step, again_step>;

  const std::vector<step>& steps() const noexcept {
    return steps_;
  }

private:
  upstream_script& add(step next);

  std::vector<step> steps_;
};

/// A request as an upstream saw it.
struct seen_request {
  size_t connection; ///< Counted from 0 in the order of accepting.
  std::string head;  ///< Up to and with the empty line.
  std::string body;

  /// Returns the value of the header `name` (as it was written), or "".
  std::string_view header(std::string_view name) const noexcept;
};

/// A server on loopback that does what its scripts say: the first connection
/// the first script, the last script for all that follow. Thread: the loop's.
class scripted_upstream {
public:
  /// Speaks TLS if `tls` is not null. `loop` must outlive this.
  scripted_upstream(boost::asio::io_context& loop,
                    std::vector<upstream_script> scripts,
                    const tls_identity* tls = nullptr);
  ~scripted_upstream();

  uint16_t port() const noexcept;

  /// Gives `scripts` to the connections to come: the first one to the first of
  /// them.
  void rewrite(std::vector<upstream_script> scripts);

  /// Ends all waits for `event`, those to come too.
  void raise(std::string event);

  /// Every request so far, also such as were not read to their end.
  const std::vector<seen_request>& requests() const noexcept;

  /// Connections accepted so far, whether or not TLS came about.
  size_t connections() const noexcept;

  /// Connections that neither side has ended yet, as far as scripts tell.
  size_t open_connections() const noexcept;

  /// Bytes that the kernel took from us.
  uint64_t sent_bytes() const noexcept;

  /// Bytes of requests that came; with TLS, after decryption.
  uint64_t received_bytes() const noexcept;

  /// TLS sessions that went on where an earlier one ended. It offers that.
  size_t resumed() const noexcept;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

/// Returns a 200 with `body` and its length.
std::string ok_response(std::string_view body,
                        std::string_view more_headers = {});

/// Returns `body` as one chunk.
std::string chunk(std::string_view body);

/// Returns the head of a chunked 200.
std::string chunked_head();

} // namespace byollm::test
