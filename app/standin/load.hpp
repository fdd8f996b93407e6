// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/http_reader.hpp"
#include "app/standin/options.hpp"

#include <array>
#include <string>
#include <string_view>

namespace byollm::standin {

/// One dialect's answers, rendered down to the last byte when we start.
struct canned_dialect {
  std::string_view path;
  /// Whether a body without a `stream` member gets a stream.
  bool streams_by_default = false;
  /// Head and body of the answer that does not stream.
  std::string whole;
  /// A stream: head and first events, then `chunks` times one piece of text,
  /// then its end.
  std::string stream_start;
  std::string stream_chunk;
  std::string stream_end;
  std::size_t chunks = 0;
  /// Where in `stream_chunk` the time stands: 19 digits.
  std::size_t stamp_at = 0;

  /// Returns whether `body` asks for a stream.
  bool wants_stream(std::string_view body) const noexcept;
};

/// Answers for load tests: right in form, always the same, nearly free.
class canned_answers {
public:
  explicit canned_answers(const options& opts);

  /// Returns the dialect of a chat request, or null for any other request.
  const canned_dialect* find(const http_request& request) const noexcept;

private:
  std::array<canned_dialect, 3> dialects_;
};

/// Writes the monotonic clock's nanoseconds into a stream's chunk, so that
/// whoever reads it can tell how long it was under way.
void stamp(std::string& chunk, std::size_t at) noexcept;

} // namespace byollm::standin
