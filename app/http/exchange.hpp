// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/record.hpp"
#include "app/http/request.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm::http {

/// What is answered. The server adds the framing, `Connection`,
/// `Cache-Control: no-store` and `X-Content-Type-Options: nosniff`.
struct answer {
  /// 200 to 599; 204 and 304 have no body.
  int status = 200;
  std::string body = {};
  /// Empty: the header is left out.
  std::string content_type = "application/json";
  /// More fields. An answer whose fields are not HTTP's (a line end in a value,
  /// say) or name the framing is replaced by status 500.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// What an access log tells of it; not sent.
  notes said = {};
  /// There is too much to do, and the client is to come later: if it does not,
  /// it waits behind those who were not turned away.
  bool turns_away = false;
};

/// One request and the one way to answer it: either `reply`, or `begin_stream`,
/// `write`s and one of `end_stream` and `abort_stream`. A call out of this
/// order does nothing. Letting go of an exchange that is unanswered answers
/// 500, of one that streams is `abort_stream`. Thread: any, also several at
/// once. Callbacks come on the connection's loop, never from inside the call
/// that sets them; they may hold the exchange, and are let go at its end. The
/// loop must outlive the exchange.
class exchange {
public:
  exchange() = default;
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  virtual ~exchange() = default;

  virtual const request& asked() const noexcept = 0;

  /// Moves the request's body out; `asked` has none from then on. Not while
  /// another thread reads `asked`.
  virtual wiped_bytes take_body() noexcept = 0;

  virtual void reply(answer whole) = 0;

  /// Sends the head of a chunked answer, without `head.body`. (To a client of
  /// HTTP/1.0 the stream goes without chunks and ends with the connection.)
  virtual void begin_stream(answer head) = 0;

  /// Queues `bytes`, in order. Returns false if more than
  /// `limits::http_stream_queue_bytes` wait, or the client is gone: then stop
  /// until `when_writable`. The bytes are taken in any case.
  virtual bool write(std::string bytes) = 0;

  /// Calls `ready` once: when little waits, at once if that is so now, also
  /// when the client is gone. A second call replaces a callback that waits.
  virtual void when_writable(std::function<void()> ready) = 0;

  /// Ends the stream well, after what is queued.
  virtual void end_stream() = 0;

  /// Sends what is queued and closes without the last chunk: the client sees a
  /// torn stream.
  virtual void abort_stream() = 0;

  /// Calls `gone` at most once: if the client closes its end, stops reading, or
  /// is cut, before `reply`, `end_stream` or `abort_stream`.
  virtual void on_gone(std::function<void()> gone) = 0;

  /// Returns whether nobody waits for this answer any more.
  virtual bool is_gone() const noexcept = 0;

  /// Has an access log tell this of the request; a later value of a name takes
  /// an earlier one's place. `name` lives for ever, and nothing of it is a
  /// secret. Does nothing after the end, or if no log is kept.
  virtual void note(std::string_view, std::string_view) {
    // nop
  }
};

using exchange_ptr = std::shared_ptr<exchange>;

/// Takes one request. Called on the connection's loop; must not block.
using handler = std::function<void(exchange_ptr)>;

} // namespace byollm::http
