// SPDX-License-Identifier: Apache-2.0
#include "app/http/host.hpp"
#include "app/http/session.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace byollm::http {

namespace asio = boost::asio;

// Answers all requests that are there, without recursion: an answer that is
// sent at once comes back here through `finish_answer`.
void session::serve() {
  if (std::exchange(is_serving_, true))
    return;
  while (state_ == state::reading) {
    if (comes_too_early()) {
      arrive();
      break;
    }
    auto bytes = input_.unread();
    if (!record_ && !bytes.empty() && reader_.is_idle())
      begin_record();
    auto came = bytes.size();
    auto step = reader_.take(bytes);
    if (record_)
      record_->bytes_in += came - bytes.size();
    input_.keep(bytes.size());
    if (step == request_reader::step::bad) {
      refuse(reader_.why_not());
    } else if (step == request_reader::step::request) {
      handle_request();
    } else if (step == request_reader::step::need_more) {
      await_more();
      break;
    } else if (!check_head()) {
      break;
    }
  }
  is_serving_ = false;
  if (state_ != state::closed)
    read_on();
}

// Before the body: it may be long.
bool session::check_head() {
  wait_for_head(false);
  auto& head = reader_.head();
  record_head(head);
  is_head_request_ = head.method == "HEAD";
  is_http_1_0_ = reader_.framing().is_http_1_0;
  if (!is_local_ && options_.check_host && head.fields.has("host")
      && !is_own_host(head.header("host"), *lane_->own_hosts)) {
    refuse({421, "the Host is not one of this server's names"});
    return false;
  }
  if (!is_body_small() && !look_at_head())
    return false;
  if (reader_.framing().expects_continue && !is_http_1_0_
      && reader_.awaits_body() && input_.unread().empty()) {
    output_.text += "HTTP/1.1 100 Continue\r\n\r\n";
    output_.seal();
    flush();
  }
  return state_ == state::reading;
}

// Reading it costs less than another connection.
bool session::is_body_small() const noexcept {
  auto& framing = reader_.framing();
  return !framing.is_chunked && !framing.expects_continue
         && framing.content_length <= limits::http_read_buffer_bytes;
}

bool session::look_at_head() {
  if (!options_.on_head)
    return true;
  auto verdict = options_.on_head(reader_.head());
  if (verdict.no) {
    say_last(*std::move(verdict.no));
    return false;
  }
  payer_ = lane_->shared->bodies.of(verdict.payer);
  return true;
}

void session::handle_request() {
  auto closes = reader_.framing().closes || is_http_1_0_
                || ++requests_ >= options_.bounds.requests_per_connection;
  closes_ = closes_ || closes || lane_->shared->is_draining();
  has_turn_ = false;
  hold(0);
  payer_ = nullptr;
  auto asked = reader_.take_request();
  asked.is_local = is_local_;
  state_ = state::answering;
  waiting_ = waiting::nothing;
  is_muted_ = is_composed_ = is_torn_ = false;
  no_deadline();
  // For a `100 Continue` that the client has not taken.
  if (is_waiting_to_write_)
    set_deadline(lane_->clock.now() + options_.bounds.write_timeout);
  current_ = std::make_shared<live_exchange>(
    std::move(asked), shared_from_this(), options_.bounds.stream_queue_bytes,
    record_ != nullptr);
  ++lane_->shared->exchanges;
  is_in_handler_ = true;
  options_.on_request(current_->handle());
  is_in_handler_ = false;
  pump();
}

// While an answer is made, too: this is how a client's end is seen.
void session::read_on() {
  if (is_reading_ || has_arrived_)
    return;
  auto room = std::span<char>{};
  if (state_ == state::reading && input_.unread().empty())
    room = reader_.room();
  if (!room.empty())
    read_body(room);
  else if (!input_.is_full())
    await_bytes();
}

void session::read_body(std::span<char> room) {
  is_reading_ = true;
  peer_.async_read_some(asio::buffer(room.data(), room.size()),
                        [self = shared_from_this()](error ec, size_t count) {
                          self->is_reading_ = false;
                          self->on_read(ec, count, true);
                        });
}

// A new request stays with the system until it has its turn.
void session::await_bytes() {
  is_reading_ = true;
  peer_.async_wait(socket::wait_read, [self = shared_from_this()](error ec) {
    self->is_reading_ = false;
    if (ec)
      self->close();
    else if (self->is_between_requests())
      self->arrive();
    else if (!self->has_arrived_)
      self->read_some();
  });
}

// Not on the list of those that make room for others: it is our turn that it
// waits for.
void session::arrive() {
  has_arrived_ = true;
  wait_for_head(false);
  lane_->arriving->add(shared_from_this());
}

void session::take_arrival() {
  has_arrived_ = false;
  if (state_ != state::reading)
    return;
  has_turn_ = true;
  wait_for_head(true);
  if (input_.unread().empty())
    read_some();
  else
    serve();
}

void session::read_some() {
  auto room = input_.room();
  error ec;
  auto count = peer_.read_some(asio::buffer(room.data(), room.size()), ec);
  if (ec != asio::error::would_block)
    on_read(ec, count, false);
  else if (is_between_requests() && closes_)
    close();
  else
    read_on();
}

// Requests may come in one piece: each has its turn.
bool session::comes_too_early() const noexcept {
  return is_turned_away_ && !has_turn_ && reader_.is_idle()
         && !input_.unread().empty();
}

bool session::is_between_requests() const noexcept {
  return state_ == state::reading && reader_.is_idle()
         && input_.unread().empty();
}

void session::on_read(error ec, size_t count, bool into_body) {
  if (into_body && record_)
    record_->bytes_in += count;
  if (into_body)
    reader_.filled(count);
  else
    input_.filled(count);
  if (ec)
    return close();
  switch (state_) {
  case state::reading:
    return serve();
  case state::answering:
  case state::refusing:
    return read_on();
  case state::lingering:
    input_.keep(0);
    return read_on();
  case state::closed:
    return;
  }
}

void session::await_more() {
  if (!hold(reader_.body_bytes()))
    refuse({503, "too many large requests are on their way"});
  else
    time_reading();
}

bool session::hold(size_t bytes) noexcept {
  auto before = std::exchange(body_held_, bytes);
  return lane_->shared->bodies.hold(payer_.get(), before, bytes);
}

void session::time_reading() {
  auto now = waiting::body;
  if (reader_.is_idle())
    now = requests_ > 0 ? waiting::request : waiting::head;
  else if (!reader_.has_head())
    now = waiting::head;
  auto& bounds = options_.bounds;
  auto is_new = now != std::exchange(waiting_, now);
  if (now == waiting::body) {
    auto got = reader_.body_bytes();
    if (!is_new && got - body_mark_ < limits::http_body_progress_bytes)
      return;
    body_mark_ = got;
    set_deadline(lane_->clock.now() + bounds.body_timeout);
  } else if (is_new) {
    set_deadline(
      lane_->clock.now()
      + (now == waiting::head ? bounds.head_timeout : bounds.idle_timeout));
  }
}

} // namespace byollm::http
