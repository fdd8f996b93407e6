// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "providers/dialect.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace byollm::net {

/// Receives what the framer finds. A failure returned from here stops it.
class framing_events {
public:
  virtual ~framing_events() = default;

  /// Takes the final response head, valid during the call. `length` is the
  /// declared length of the body, if there is one.
  virtual status on_head(const response_head& head,
                         std::optional<uint64_t> length)
    = 0;

  /// Takes the next body bytes, in place, without chunk framing.
  virtual status on_body(std::string_view piece) = 0;
};

/// Splits the bytes of one connection into responses, strictly: where HTTP has
/// two readings, both are refused. Beast's parser does the work; what it lets
/// pass (security.md, E3) is caught here. Sans-I/O; reused over a connection's
/// life.
class response_framer {
public:
  response_framer();
  ~response_framer();

  /// Makes ready for the next response.
  void start();

  /// Takes bytes and returns how many were used; the rest must be passed again,
  /// with more behind it. Errors: `protocol`, or what `to` returned.
  expected<size_t> feed(std::string_view bytes, framing_events& to);

  /// Takes the end of the connection. Returns success if that is a proper end
  /// of the body (`clean`, and the body had no other end), else `truncated`.
  status finish(bool clean);

  /// Returns whether nothing of a response head came yet, interim ones aside.
  bool is_waiting() const noexcept;

  /// Returns whether the final head was passed on.
  bool has_head() const noexcept;

  /// Frees what the head's fields take: a stream may last long after it.
  void forget_head() noexcept;

  /// Returns whether the response is whole.
  bool is_done() const noexcept;

  /// Returns whether the connection may carry another request after this.
  bool keeps_alive() const noexcept;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace byollm::net
