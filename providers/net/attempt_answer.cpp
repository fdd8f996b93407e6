// SPDX-License-Identifier: Apache-2.0
// The second half of an attempt: what it does with an answer.
#include "messages/limits.hpp"
#include "providers/net/attempt.hpp"
#include "providers/net/pool.hpp"

#include <algorithm>
#include <utility>

namespace byollm::net {

namespace {

using namespace std::chrono_literals;

// How long and how far a connection is read on behind a complete answer, so
// that it can be used again. Servers end the body in the same breath.
constexpr auto ending_timeout = 250ms;
constexpr size_t ending_bytes_max = 4u << 10;

// A request for an answer got none: 204 and 205 have no body, 304 answers a
// question that was not asked.
bool is_bodiless(unsigned status) noexcept {
  return status == 204 || status == 205 || status == 304;
}

// Signatures come behind what they sign, and opaque blocks are nobody's to
// read.
bool is_content(const delta& piece) noexcept {
  switch (piece.what) {
  case delta::kind::text:
  case delta::kind::thinking:
  case delta::kind::tool_start:
  case delta::kind::tool_input:
    return true;
  case delta::kind::signature:
  case delta::kind::block:
  case delta::kind::keep_alive:
    return false;
  }
  return false;
}

} // namespace

void attempt::on_read(read_end how, std::string_view unused) {
  auto self = shared_from_this();
  if (how != read_end::bytes)
    return on_end(how);
  if (!first_byte_)
    on_first_byte();
  auto channel = channel_;
  auto& framer = channel->framer();
  auto used = framer.feed(unused, *this);
  // The sink may have cancelled, or closed the port, from inside.
  if (phase_ == phase::done)
    return;
  if (!used) {
    if (phase_ == phase::ending)
      return complete(false);
    return finish(std::move(used).error());
  }
  channel->consume(*used);
  // Bytes behind the answer belong to nobody: with them the connection is not
  // what it seems (E4).
  if (framer.is_done())
    return complete(framer.keeps_alive() && *used == unused.size());
  if (is_cut_ || surplus_bytes_ > ending_bytes_max)
    return complete(false);
  if (is_drained(*used))
    return finish(caller_gone());
  if (call_.stream && framer.has_head())
    framer.forget_head();
  limit_progress();
  read_on();
}

void attempt::on_first_byte() {
  phase_ = phase::answering;
  sent_ = certainty::yes;
  first_byte_ = since_asked();
}

std::chrono::microseconds attempt::since_asked() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
    pool_.parts().clock.now() - asked_at_);
}

status attempt::on_head(const response_head& head,
                        std::optional<uint64_t> length) {
  http_status_ = static_cast<uint16_t>(head.status);
  if (is_bodiless(head.status))
    return failure{errc::protocol, "the answer has no body"};
  if (head.status >= 300 && head.status < 400)
    return failure{errc::redirected, "redirects are not followed"};
  if (head.status == 200 && length > limits::answer_bytes_max)
    return failure{errc::answer_too_large, "the declared length is too large",
                   "answer_bytes_max"};
  return decoder_->begin(head);
}

status attempt::on_body(std::string_view piece) {
  if (phase_ == phase::ending) {
    surplus_bytes_ += piece.size();
    return unit{};
  }
  body_bytes_ += piece.size();
  if (http_status_ == 200 && body_bytes_ > limits::answer_bytes_max)
    return failure{errc::answer_too_large, "the answer is too large",
                   "answer_bytes_max"};
  if (!held_.hold(pool_.parts().options.answers, target().binding().tenant,
                  body_bytes_))
    return failure{errc::answer_too_large,
                   "it and other answers under way are too large together",
                   "answers_bytes_max"};
  // What an error says beyond this changes nothing: its status is the news.
  if (http_status_ != 200 && body_bytes_ > limits::error_body_bytes_max) {
    is_cut_ = true;
    phase_ = phase::ending;
    return unit{};
  }
  auto ok = decoder_->feed(piece, deltas_);
  if (auto told = deliver(); !told)
    return told;
  if (ok && decoder_->ended()) {
    phase_ = phase::ending;
    limit(ending_timeout, errc::none);
  }
  return ok;
}

status attempt::deliver() {
  // Local, since a sink may end the attempt from inside.
  auto pieces = std::exchange(deltas_, {});
  for (auto& piece : pieces) {
    if (piece.what == delta::kind::tool_start
        && (guard_.repeats(piece.tool_id) || guard_.repeats(piece.tool_name)))
      return repeats_key();
    if (call_.stream && !first_token_ && is_content(piece))
      first_token_ = since_asked();
    if (call_.stream && !is_draining_)
      sink_->on_delta(std::move(piece));
    if (phase_ == phase::done)
      return failure{errc::cancelled};
  }
  pieces.clear();
  deltas_ = std::move(pieces);
  return unit{};
}

void attempt::limit_progress() {
  auto& framer = channel_->framer();
  auto idle = pool_.parts().options.idle_timeout;
  if (phase_ == phase::ending || is_draining_)
    return;
  if (framer.has_head())
    return limit(idle, errc::idle_timeout);
  // A head that comes byte by byte gets this time once; between interim
  // responses the wait for the first byte goes on.
  if (!framer.is_waiting() && !std::exchange(head_is_limited_, true))
    limit(idle, errc::idle_timeout);
}

void attempt::read_on() {
  auto has_caller = call_.stream && !is_draining_;
  if (has_caller && phase_ == phase::answering && !sink_->wants_more())
    return pause();
  channel_->read();
}

void attempt::pause() {
  is_paused_ = true;
  // The caller's slowness is not the provider's: only the total time runs.
  limit_total_only();
  sink_->when_ready([gate = pool_.parts().gate, weak = weak_from_this()] {
    gate->post([weak] {
      if (auto self = weak.lock())
        self->resume();
    });
  });
}

void attempt::resume() {
  if (phase_ == phase::done || !std::exchange(is_paused_, false))
    return;
  limit(pool_.parts().options.idle_timeout, errc::idle_timeout);
  read_on();
}

void attempt::on_end(read_end how) {
  if (phase_ == phase::ending)
    return complete(false);
  if (phase_ == phase::asking)
    return finish(
      failure{errc::connection_lost, "the connection broke before an answer"});
  auto ended = channel_->framer().finish(how == read_end::closed);
  if (!ended)
    return finish(std::move(ended).error());
  complete(false);
}

void attempt::complete(bool reusable) {
  auto why = decoder_->finish();
  end(std::move(why), reusable && is_written_);
}

} // namespace byollm::net
