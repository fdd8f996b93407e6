// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace byollm {

/// What a splitter says when asked for the next piece.
enum class split_step : uint8_t {
  piece,     ///< There is one.
  more,      ///< All bytes are used up; push more.
  too_large, ///< A line or event is above its limit; the splitter is done.
};

/// One server-sent event. Views: they live until the next call of the splitter.
struct sse_event {
  std::string_view name; ///< The `event` field; empty if there was none.
  std::string_view data; ///< The `data` lines, joined with LF.
};

/// Splits a byte stream into server-sent events (WHATWG HTML, 9.2.6), however
/// the bytes are cut. `id` and `retry` are ignored: we never reconnect. An
/// event that the end of the stream cuts off is dropped, as the standard says.
class sse_splitter {
public:
  explicit sse_splitter(size_t line_max = limits::stream_line_bytes_max,
                        size_t event_max = limits::stream_event_bytes_max)
      : line_max_(line_max), event_max_(event_max) {
    // nop
  }

  /// Hands over the next bytes. They must live until `next` says `more`, and
  /// `next` must be asked until it does.
  void push(std::string_view bytes) noexcept {
    rest_ = bytes;
  }

  /// Fills `out` with the next event, if there is one.
  split_step next(sse_event& out);

  /// Returns whether a comment came since this was asked: a sign of life.
  bool had_comment() noexcept {
    return std::exchange(had_comment_, false);
  }

private:
  bool skip_mark();
  bool take_line(std::string_view& line);
  bool take_field(std::string_view line);
  bool take_data(std::string_view content);
  void keep_data();
  bool dispatch(sse_event& out);
  void clear_event();

  size_t line_max_;
  size_t event_max_;
  std::string_view rest_;
  std::string line_; ///< A line whose end has not come yet.
  std::string name_;
  /// The event's data. Mostly it is one line that came whole: then it stays
  /// where it came, and an open stream keeps no room for it.
  std::string_view only_;
  std::string data_;
  size_t mark_seen_ = 0; ///< Bytes of the byte order mark that came.
  bool started_ = false; ///< Whether the byte order mark is behind us.
  bool line_done_ = false;
  bool after_cr_ = false;
  bool has_data_ = false;
  bool dispatched_ = false; ///< `name_` and `data_` were handed out.
  bool failed_ = false;
  bool had_comment_ = false;
};

} // namespace byollm
