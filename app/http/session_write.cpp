// SPDX-License-Identifier: Apache-2.0
#include "app/http/response_head.hpp"
#include "app/http/session.hpp"

#include "messages/limits.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace byollm::http {

namespace asio = boost::asio;

namespace {

constexpr refusal no_answer{500, "the request was not answered"};
constexpr refusal bad_answer{500, "the answer could not be sent"};

bool has_no_body(int status) noexcept {
  return status == 204 || status == 304;
}

size_t size_of(const std::vector<std::string>& pieces) noexcept {
  size_t result = 0;
  for (auto& piece : pieces)
    result += piece.size();
  return result;
}

} // namespace

void session::look(const std::shared_ptr<live_exchange>& from) {
  // What a handler says while it runs is sent when it returns.
  if (current_ == from && !is_in_handler_)
    pump();
}

// Sends until there is nothing, or the socket takes no more.
void session::pump() {
  if (is_waiting_to_write_)
    return;
  while (state_ == state::answering) {
    if (!flush())
      return;
    if (is_composed_)
      return finish_answer();
    if (!compose())
      return;
  }
}

// -- composing ----------------------------------------------------------------

bool session::compose() {
  if (!current_->collect(next_))
    return false;
  auto& shared = *lane_->shared;
  if (next_.is_forgotten) {
    auto made
      = shared.refuse(no_answer.status, no_answer.why, &current_->asked());
    compose_whole(made);
  } else if (next_.has_head && !is_sendable(next_.head)) {
    auto made
      = shared.refuse(bad_answer.status, bad_answer.why, &current_->asked());
    compose_whole(made);
  } else if (!next_.is_stream) {
    compose_whole(next_.head);
  } else {
    if (next_.has_head)
      compose_stream_head();
    compose_pieces();
  }
  output_.seal();
  return true;
}

void session::compose_whole(answer& whole) {
  record_answer(whole);
  is_turned_away_ = whole.turns_away;
  auto form = has_no_body(whole.status) ? body_form::none : body_form::length;
  append_head(whole, form, closes_, output_.text);
  if (form == body_form::length && !is_head_request_)
    output_.payloads.push_back(std::move(whole.body));
  is_composed_ = true;
}

void session::compose_stream_head() {
  record_answer(next_.head);
  is_turned_away_ = false;
  auto form = is_http_1_0_ ? body_form::to_end : body_form::chunked;
  if (has_no_body(next_.head.status))
    form = body_form::none;
  append_head(next_.head, form, closes_, output_.text);
  is_muted_ = is_head_request_ || form == body_form::none;
  next_.head = {};
}

// However many pieces leave together, they are one chunk.
void session::compose_pieces() {
  is_composed_ = next_.end != outgoing::ending::none;
  is_torn_ = next_.end == outgoing::ending::torn;
  if (is_muted_)
    return;
  // A stream's head is the longest text of it, and an open one would keep it.
  if (!next_.has_head)
    output_.text.shrink_to_fit();
  auto is_last = next_.end == outgoing::ending::good;
  output_.payloads.swap(next_.pieces);
  if (is_http_1_0_)
    return;
  if (auto size = size_of(output_.payloads)) {
    append_chunk_size(size, output_.text);
    output_.tail = is_last ? "\r\n0\r\n\r\n" : "\r\n";
  } else if (is_last) {
    output_.tail = "0\r\n\r\n";
  }
}

// -- sending ------------------------------------------------------------------

bool session::flush() {
  auto has_moved = false;
  while (!output_.is_empty()) {
    error ec;
    auto count = peer_.write_some(output_.left(), ec);
    if (ec == asio::error::would_block) {
      wait_until_writable(has_moved);
      return false;
    }
    if (ec) {
      close();
      return false;
    }
    record_sent(count);
    output_.consume(count);
    has_moved = true;
  }
  if (state_ == state::answering) {
    no_deadline();
    current_->sent();
  }
  return state_ != state::closed;
}

void session::wait_until_writable(bool has_moved) {
  if (has_moved || deadline_ == time_point::max())
    set_deadline(lane_->clock.now() + options_.bounds.write_timeout);
  if (std::exchange(is_waiting_to_write_, true))
    return;
  peer_.async_wait(socket::wait_write, [self = shared_from_this()](error ec) {
    self->is_waiting_to_write_ = false;
    if (ec)
      self->close();
    else
      self->go_on();
  });
}

void session::go_on() {
  if (state_ == state::answering)
    pump();
  else if (flush() && state_ == state::refusing)
    linger();
}

void session::finish_answer() {
  end_record(false);
  --lane_->shared->exchanges;
  auto answered = std::exchange(current_, nullptr);
  if (is_torn_ && is_http_1_0_) {
    // Nothing but a reset tells this client.
    error ignored;
    peer_.set_option(asio::socket_base::linger{true, 0}, ignored);
    return close();
  }
  if (closes_ || is_torn_)
    return linger();
  state_ = state::reading;
  wait_for_head(true);
  serve();
}

void session::refuse(const refusal& why) {
  auto head = reader_.has_head() ? &reader_.head() : nullptr;
  say_last(lane_->shared->refuse(why.status, why.why, head));
}

// The rest of what the client sends is not looked at.
void session::say_last(answer made) {
  // A client that takes no `100 Continue` takes no reason either.
  if (!output_.is_empty())
    return close();
  state_ = state::refusing;
  wait_for_head(false);
  closes_ = true;
  // The one that may have passed has no alarm any more.
  no_deadline();
  auto head = reader_.has_head() ? &reader_.head() : nullptr;
  is_torn_ = false;
  is_head_request_ = head && head->method == "HEAD";
  if (!is_sendable(made))
    made = lane_->shared->refuse(bad_answer.status, bad_answer.why, head);
  compose_whole(made);
  output_.seal();
  if (flush())
    linger();
}

// Closing while bytes are unread would reset the connection, and with it what
// the client has not read.
void session::linger() {
  end_record(false);
  state_ = state::lingering;
  error ec;
  peer_.shutdown(socket::shutdown_send, ec);
  if (ec)
    return close();
  set_deadline(lane_->clock.now() + limits::http_linger);
  input_.keep(0);
  read_on();
}

} // namespace byollm::http
