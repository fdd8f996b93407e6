// SPDX-License-Identifier: Apache-2.0
#include "providers/net/response_framer.hpp"

#include "messages/limits.hpp"
#include "providers/net/strict_parser.hpp"

namespace byollm::net {

namespace {

namespace http = boost::beast::http;

using boost::beast::error_code;

// A chunk's size line with its extensions, or the last chunk with its trailers.
constexpr size_t chunk_frame_bytes_max
  = limits::http_chunk_extension_bytes_max + 64;

failure protocol_failure(const char* rule) {
  return failure{errc::protocol, rule};
}

} // namespace

struct response_framer::impl {
  field_store store;
  std::optional<strict_parser> parser;
  size_t head_bytes = 0;
  size_t extension_bytes = 0;
  size_t interims = 0;
  bool done = false;
  bool broken_trailers = false;

  void next_response() {
    parser.emplace(store, extension_bytes);
  }

  // One message of the wire. Beast stops behind the head unless it is eager, so
  // the head's bytes can be counted: its own limit forgets what it has
  // consumed.
  expected<size_t> step(std::string_view bytes, framing_events& to) {
    auto in_head = !parser->is_header_done();
    parser->eager(!in_head);
    parser->aim(to, bytes);
    error_code ec;
    auto used = parser->put({bytes.data(), bytes.size()}, ec);
    if (ec == http::error::need_more)
      ec = {};
    else if (ec)
      return refused(ec, bytes.size());
    if (auto ok = check_sizes(in_head, used, bytes.size() - used); !ok)
      return std::move(ok).error();
    if (parser->is_done())
      if (auto ok = end_message(); !ok)
        return std::move(ok).error();
    return used;
  }

  expected<size_t> refused(error_code ec, size_t size) {
    if (parser->why().code != errc::none)
      return parser->why();
    // Trailers are ignored, also those that Beast chokes on: it looks at them
    // only when all of them are there. The connection is not used again.
    if (parser->is_past_last_chunk()) {
      done = broken_trailers = true;
      return size;
    }
    return failure{errc::protocol, ec.message()};
  }

  status check_sizes(bool in_head, size_t used, size_t unused) {
    if (!in_head) {
      if (!parser->is_done() && unused > chunk_frame_bytes_max)
        return protocol_failure("a chunk header or the trailers are too long");
      return unit{};
    }
    head_bytes += used;
    auto pending = parser->is_header_done() ? 0 : unused;
    if (head_bytes + pending > limits::http_header_bytes_max)
      return protocol_failure("the response head is too long");
    return unit{};
  }

  status end_message() {
    if (!parser->is_interim()) {
      done = true;
      return unit{};
    }
    if (++interims > limits::http_interim_responses_max)
      return protocol_failure("too many interim responses");
    next_response();
    return unit{};
  }
};

response_framer::response_framer() : impl_(std::make_unique<impl>()) {
  start();
}

response_framer::~response_framer() {
  // nop
}

void response_framer::start() {
  impl_->head_bytes = 0;
  impl_->extension_bytes = 0;
  impl_->interims = 0;
  impl_->done = false;
  impl_->broken_trailers = false;
  impl_->next_response();
}

expected<size_t> response_framer::feed(std::string_view bytes,
                                       framing_events& to) {
  size_t used = 0;
  while (used < bytes.size() && !impl_->done) {
    auto step = impl_->step(bytes.substr(used), to);
    if (!step)
      return step;
    // A head that just ended uses nothing more if it was fed to its end before.
    if (*step == 0)
      break;
    used += *step;
  }
  return used;
}

status response_framer::finish(bool clean) {
  auto& parser = *impl_->parser;
  if (clean && has_head() && parser.need_eof()) {
    error_code ec;
    parser.put_eof(ec);
    if (!ec) {
      impl_->done = true;
      return unit{};
    }
  }
  return failure{errc::truncated, "the connection ended before the answer"};
}

bool response_framer::is_waiting() const noexcept {
  return !impl_->parser->got_some();
}

bool response_framer::has_head() const noexcept {
  return impl_->parser->is_header_done();
}

void response_framer::forget_head() noexcept {
  impl_->store = {};
}

bool response_framer::is_done() const noexcept {
  return impl_->done;
}

bool response_framer::keeps_alive() const noexcept {
  return impl_->done && !impl_->broken_trailers && !impl_->parser->need_eof()
         && impl_->parser->keep_alive();
}

} // namespace byollm::net
