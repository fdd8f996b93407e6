// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/refusal.hpp"
#include "app/http/request.hpp"
#include "app/http/request_head.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace byollm::http {

/// Cuts a connection's bytes into requests. Sans-I/O; where the bytes are cut
/// changes nothing. One thread.
class request_reader {
public:
  struct bounds {
    size_t head_bytes;
    size_t head_fields;
    size_t body_bytes;
  };

  enum class step {
    need_more, ///< All bytes are taken; come with the next ones.
    head,      ///< `head` and `framing` are whole; come again for the body.
    request,   ///< The request is whole: `take_request` before anything else.
    bad        ///< Answer `why_not` and close.
  };

  explicit request_reader(bounds most) noexcept : most_(most) {
    // nop
  }

  /// Takes bytes from the front of `bytes` up to the next step.
  step take(std::string_view& bytes);

  /// Returns room for the body's next bytes where `take` would copy them to,
  /// if many are missing: read into it and say `filled`, before any `take`.
  std::span<char> room();
  void filled(size_t count);

  const request& head() const noexcept {
    return request_;
  }

  const request_framing& framing() const noexcept {
    return framing_;
  }

  /// Returns what there is of the body.
  size_t body_bytes() const noexcept {
    return request_.body.size();
  }

  /// Returns whether no byte of the next request has come.
  bool is_idle() const noexcept {
    return phase_ == phase::request_line && head_bytes_ == 0;
  }

  bool has_head() const noexcept {
    return has_head_;
  }

  /// Returns whether bytes of a body are missing. After `step::head`.
  bool awaits_body() const noexcept {
    return has_head_ && phase_ != phase::whole;
  }

  /// Moves the request out and starts over; `framing` stays till then.
  request take_request();

  refusal why_not() const noexcept {
    return refusal_;
  }

private:
  enum class phase {
    request_line,
    fields,
    fixed_body,
    chunk_size,
    chunk_data,
    chunk_end,
    last_line,
    whole,
    broken
  };

  step fail(refusal why) noexcept;
  step take_head(std::string_view& bytes);
  step end_head();
  step take_fixed(std::string_view& bytes);
  step take_chunked(std::string_view& bytes);
  step take_chunk_size(std::string_view line);
  void append(std::string_view& bytes);

  /// Takes a whole line of at most `left` bytes, without its CRLF. Nothing
  /// means that more is needed, or that `refusal_` says why not.
  std::optional<std::string_view> take_line(std::string_view& bytes,
                                            size_t& left, refusal too_long);

  bounds most_;
  phase phase_ = phase::request_line;
  request request_;
  request_framing framing_;
  refusal refusal_;
  /// The beginning of a line whose end has not come.
  wiped_bytes line_;
  /// The line that was given out last, if it came in pieces.
  wiped_bytes joined_;
  bool has_head_ = false;
  size_t head_bytes_ = 0;
  size_t extension_left_ = 0;
  /// Of the body, or of the chunk.
  size_t missing_ = 0;
};

} // namespace byollm::http
