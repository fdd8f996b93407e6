// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/stream/sse.hpp"

#include <string>
#include <string_view>

namespace byollm {

/// Splits a byte stream into lines of JSON, however the bytes are cut. Lines
/// end with LF or CRLF; blank lines are skipped.
class ndjson_splitter {
public:
  explicit ndjson_splitter(size_t line_max = limits::stream_line_bytes_max)
      : line_max_(line_max) {
    // nop
  }

  /// Hands over the next bytes. They must live until `next` says `more`, and
  /// `next` must be asked until it does.
  void push(std::string_view bytes) noexcept {
    rest_ = bytes;
  }

  /// Fills `line` with the next line, if there is one. A view: it lives until
  /// the next call of the splitter.
  split_step next(std::string_view& line);

  /// Returns what stands after the last LF, once `next` said `more`; for the
  /// end of the stream.
  std::string_view remainder() const noexcept {
    return line_;
  }

private:
  size_t line_max_;
  std::string_view rest_;
  std::string line_; ///< A line whose end has not come yet.
  bool line_done_ = false;
  bool failed_ = false;
};

} // namespace byollm
