// SPDX-License-Identifier: Apache-2.0
#include "providers/stream/framed_decoder.hpp"

#include "messages/limits.hpp"
#include "providers/stream/provider_error.hpp"

#include <utility>

namespace byollm {

namespace {

failure not_json() {
  return broken_answer(errc::protocol, "the answer is not valid JSON");
}

} // namespace

status framed_decoder::begin(const response_head& head) {
  http_status_ = static_cast<uint16_t>(head.status);
  builder_.reply().provider_request_id = request_id_of(head);
  if (head.status < 200 || head.status > 599
      || (head.status > 200 && head.status < 300))
    return fail(broken_answer(errc::protocol, "unexpected HTTP status"));
  if (head.status != 200) {
    is_ = body::error;
    retry_after_ = retry_after_of(head);
    return unit{};
  }
  if (!is_identity(head))
    return fail(
      broken_answer(errc::protocol, "the answer is compressed, unasked"));
  is_ = expected_body(media_of(head));
  if (is_ == body::none)
    return fail(broken_answer(
      errc::protocol, "the answer is neither JSON nor a stream of events"));
  return unit{};
}

/// Says what the body of a 200 is. Servers that answer in the other form than
/// asked are understood; unlabelled bodies are what was asked for.
auto framed_decoder::expected_body(media type) const noexcept -> body {
  switch (type) {
  case media::json:
    // Some label lines of JSON as one.
    return stream_ && how_ == framing::ndjson ? body::ndjson : body::json;
  case media::event_stream:
    return how_ == framing::sse ? body::sse : body::none;
  case media::ndjson:
    return how_ == framing::ndjson ? body::ndjson : body::none;
  case media::unnamed:
    if (!stream_)
      return body::json;
    return how_ == framing::sse ? body::sse : body::ndjson;
  default:
    return body::none;
  }
}

status framed_decoder::feed(std::string_view bytes, std::vector<delta>& out) {
  if (failed_.code != errc::none)
    return failed_;
  if (ended_ || bytes.empty())
    return unit{};
  saw_bytes_ = true;
  builder_.deltas_to(stream_ ? &out : nullptr);
  auto taken = take(bytes);
  builder_.deltas_to(nullptr);
  if (!taken)
    return fail(std::move(taken).error());
  // However many came at once; where there is more to show, that shows life.
  auto shows_life = std::exchange(shows_life_, false) || events_.had_comment();
  if (stream_ && shows_life && out.empty() && !ended_)
    out.push_back({delta::kind::keep_alive});
  return unit{};
}

status framed_decoder::take(std::string_view bytes) {
  switch (is_) {
  case body::error:
    return take_error(bytes);
  case body::json:
    return take_json(bytes);
  case body::sse:
    return take_events(bytes);
  case body::ndjson:
    return take_lines(bytes);
  default:
    return broken_answer(errc::protocol, "a body without a head");
  }
}

status framed_decoder::take_error(std::string_view bytes) {
  if (body_.size() + bytes.size() > limits::error_body_bytes_max) {
    body_.clear();
    return error_answer();
  }
  body_.append(bytes);
  return unit{};
}

status framed_decoder::take_json(std::string_view bytes) {
  if (body_.size() + bytes.size() > limits::answer_bytes_max)
    return broken_answer(errc::answer_too_large, "the answer is too long");
  body_.append(bytes);
  return unit{};
}

status framed_decoder::take_events(std::string_view bytes) {
  events_.push(bytes);
  sse_event event;
  while (!ended_) {
    switch (events_.next(event)) {
    case split_step::more:
      doc_.rest();
      return unit{};
    case split_step::too_large:
      return broken_answer(errc::answer_too_large,
                           "an event of the stream is too long");
    case split_step::piece:
      if (auto taken = read_piece(event.name, event.data); !taken)
        return taken;
    }
  }
  return unit{};
}

status framed_decoder::take_lines(std::string_view bytes) {
  lines_.push(bytes);
  std::string_view line;
  while (!ended_) {
    switch (lines_.next(line)) {
    case split_step::more:
      doc_.rest();
      return unit{};
    case split_step::too_large:
      return broken_answer(errc::answer_too_large,
                           "a line of the stream is too long");
    case split_step::piece:
      if (auto taken = read_piece({}, line); !taken)
        return taken;
    }
  }
  return unit{};
}

bool framed_decoder::ended() const noexcept {
  return ended_;
}

failure framed_decoder::finish() {
  if (failed_.code != errc::none)
    return failed_;
  status closed = unit{};
  switch (is_) {
  case body::error:
    return fail(error_answer());
  case body::json:
    closed = close_json();
    break;
  default:
    closed = close_stream();
  }
  if (closed)
    closed = builder_.close();
  return closed ? failure{} : fail(std::move(closed).error());
}

status framed_decoder::close_json() {
  if (body_.empty())
    return broken_answer(errc::protocol, "the answer is empty");
  auto root = parse(body_);
  if (!root)
    return std::move(root).error();
  // A stream's reader waits for deltas, and there would be none.
  if (stream_)
    return broken_answer(errc::protocol,
                         "one JSON body in answer to a request for a stream");
  return read_whole(**root);
}

status framed_decoder::close_stream() {
  if (!saw_bytes_)
    return broken_answer(errc::protocol, "the answer is empty");
  // The last line may end with the body instead of a line feed.
  if (!ended_ && is_ == body::ndjson && !lines_.remainder().empty()) {
    std::string line{lines_.remainder()};
    if (json::check(line, false) == json::verdict::good)
      if (auto taken = read_piece({}, line); !taken)
        return taken;
  }
  if (!ended_)
    return broken_answer(errc::truncated,
                         "the stream ended without its end marker");
  return unit{};
}

failure framed_decoder::error_answer() {
  provider_error what;
  // Not being JSON is no second failure: the status tells enough.
  if (doc_.parse(body_) == json::verdict::good)
    what = find_error(doc_.root()).value_or(what);
  auto result = make_failure(http_status_, what);
  result.retry_after = retry_after_;
  return result;
}

expected<const json::value*> framed_decoder::parse(std::string_view text) {
  source_ = text;
  switch (doc_.parse(text)) {
  case json::verdict::malformed:
    return not_json();
  case json::verdict::too_large:
    return broken_answer(errc::answer_too_large,
                         "the answer is nested too deep or has too many parts");
  case json::verdict::good:
    break;
  }
  if (!doc_.root().is_object())
    return broken_answer(errc::protocol, "the answer is not a JSON object");
  if (auto what = find_error(doc_.root()))
    return make_failure(http_status_, *what);
  return &doc_.root();
}

void framed_decoder::set_model(std::string_view name) {
  if (is_safe_name(name))
    builder_.reply().model = name;
}

void framed_decoder::note_lost_part(std::string_view kind) {
  auto& losses = builder_.reply().losses;
  std::string why{"the answer has parts of a kind that we do not know"};
  if (is_safe_token(kind))
    why.append(": ").append(kind);
  if (losses.empty())
    losses.push_back({lost::answer_parts, std::move(why)});
}

/// Remembers the first failure, with what the head told.
failure framed_decoder::fail(failure why) {
  why.http_status = http_status_;
  why.provider_request_id = builder_.reply().provider_request_id;
  why.sent = certainty::yes;
  failed_ = why;
  return why;
}

message_reply& framed_decoder::reply() noexcept {
  return builder_.reply();
}

} // namespace byollm
