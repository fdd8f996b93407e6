// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace byollm::standin {

/// One HTTP/1.1 request. The views point into the reader's buffer.
struct http_request {
  std::string_view method;
  /// The request target without its query.
  std::string_view path;
  std::string_view authorization;
  std::string_view x_api_key;
  std::string_view anthropic_version;
  std::string_view body;
  std::size_t content_length = 0;
  bool has_content_length = false;
  bool has_host = false;
  bool chunked = false;
  bool close = false;
  bool expects_continue = false;
};

/// Cuts a connection's bytes into requests. Sans-I/O and strict: what two
/// readers could understand differently is refused. One thread.
class http_reader {
public:
  enum class step {
    need_more,     ///< Read more bytes, then ask again.
    send_continue, ///< Answer `100 Continue` once, then ask again.
    request,       ///< `out` is whole; `consume` it before anything else.
    bad            ///< Answer `error_status` and close.
  };

  static constexpr std::size_t head_bytes_max = 64 * 1024;
  static constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;

  /// Returns room for the next bytes. Moves the buffer: views die.
  std::span<char> prepare();

  /// Says how many bytes were written into the room.
  void commit(std::size_t n) noexcept;

  /// Looks for the next request in what was committed.
  step next(http_request& out);

  /// Drops the request that `next` gave; pipelined bytes behind it stay.
  void consume() noexcept;

  /// Returns the status for `step::bad`.
  unsigned error_status() const noexcept {
    return error_status_;
  }

private:
  step fail(unsigned status) noexcept;
  step read_fixed(http_request& out);
  step read_chunked(http_request& out);
  step wait_for_body(const http_request& out, std::size_t need) noexcept;

  std::string_view unread() const noexcept {
    return {buffer_.data() + begin_, end_ - begin_};
  }

  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  /// Bytes of the current request that must be there before a look pays.
  std::size_t need_ = 0;
  std::size_t head_ = 0;
  std::size_t request_ = 0;
  std::size_t chunk_pos_ = 0;
  std::string chunked_body_;
  bool continued_ = false;
  unsigned error_status_ = 400;
};

/// Fills `out` from the head's lines (without the empty line). Returns 0, or
/// the status to refuse with.
unsigned parse_head(std::string_view head, http_request& out);

} // namespace byollm::standin
