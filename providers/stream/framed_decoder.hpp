// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"
#include "providers/json/document.hpp"
#include "providers/stream/answer_head.hpp"
#include "providers/stream/ndjson.hpp"
#include "providers/stream/reply_builder.hpp"
#include "providers/stream/sse.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byollm {

/// How a dialect streams.
enum class framing : uint8_t { sse, ndjson };

/// What all kinds' decoders share: the answer's head, what its body is, errors,
/// limits and the end. A kind says what one JSON value means.
class framed_decoder : public answer_decoder {
public:
  status begin(const response_head& head) final;
  status feed(std::string_view bytes, std::vector<delta>& out) final;
  bool ended() const noexcept final;
  failure finish() final;
  message_reply& reply() noexcept final;

protected:
  /// `raw` as for `json::document`.
  framed_decoder(framing how, bool stream, json::raw_member raw)
      : doc_(raw), how_(how), stream_(stream) {
    // nop
  }

  // -- what a kind says -------------------------------------------------------

  /// Takes a whole answer; it holds no error.
  virtual status read_whole(const json::value& root) = 0;

  /// Takes a piece of a stream: an event, or a line with an empty name.
  virtual status read_piece(std::string_view name, std::string_view data) = 0;

  // -- what a kind uses -------------------------------------------------------

  /// Parses one JSON text of the answer. Errors: `protocol`,
  /// `answer_too_large`, or the provider's own error if the text is one.
  expected<const json::value*> parse(std::string_view text);

  /// The text that `parse` took last, while its values live.
  std::string_view source() const noexcept {
    return source_;
  }

  /// What came was nothing but a sign of life; the caller hears of it.
  void note_life() noexcept {
    shows_life_ = true;
  }

  /// Tells in the reply that a part of the answer has no place in it; once.
  void note_lost_part(std::string_view kind);

  reply_builder& build() noexcept {
    return builder_;
  }

  /// The end marker was seen: what follows is ignored.
  void mark_end() noexcept {
    ended_ = true;
  }

  /// Keeps the model's name if it is a sensible one.
  void set_model(std::string_view name);

private:
  enum class body : uint8_t { none, error, json, sse, ndjson };

  body expected_body(media type) const noexcept;
  status take(std::string_view bytes);
  status take_error(std::string_view bytes);
  status take_json(std::string_view bytes);
  status take_events(std::string_view bytes);
  status take_lines(std::string_view bytes);
  status close_json();
  status close_stream();
  failure error_answer();
  failure fail(failure why);

  json::document doc_;
  reply_builder builder_;
  framing how_;
  bool stream_;
  bool ended_ = false;
  body is_ = body::none;
  bool saw_bytes_ = false;
  bool shows_life_ = false;
  uint16_t http_status_ = 0;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::string body_;
  std::string_view source_;
  sse_splitter events_;
  ndjson_splitter lines_;
  failure failed_; ///< `errc::none` while all is well.
};

} // namespace byollm
