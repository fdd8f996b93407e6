// SPDX-License-Identifier: Apache-2.0
#include "app/http/session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace byollm::http {

namespace asio = boost::asio;

session::session(socket peer, std::shared_ptr<lane> on, bool is_local)
    : peer_(std::move(peer)),
      lane_(std::move(on)),
      options_(lane_->shared->options),
      is_local_(is_local),
      reader_({options_.bounds.head_bytes, options_.bounds.head_fields,
               options_.bounds.body_bytes}) {
  lane_->shared->opened();
}

void session::open() {
  error ignored;
  peer_.non_blocking(true, ignored);
  if (!is_local_)
    peer_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  place_ = lane_->waiting.insert(lane_->waiting.end(), shared_from_this());
}

void session::wait_for_head(bool is_waiting) {
  if (std::exchange(is_waiting_for_head_, is_waiting) == is_waiting)
    return;
  auto& from = is_waiting ? lane_->busy : lane_->waiting;
  auto& to = is_waiting ? lane_->waiting : lane_->busy;
  to.splice(to.end(), from, place_);
}

void session::start() {
  open();
  // It was accepted before, and comes here after.
  if (lane_->is_cut || lane_->shared->is_draining())
    return close();
  set_deadline(lane_->clock.now() + options_.bounds.head_timeout);
  read_on();
}

void session::start_refusing(const refusal& why) {
  open();
  begin_record();
  refuse(why);
}

void session::retire() {
  if (is_between_requests() && !has_arrived_)
    close();
  else
    closes_ = true;
}

void session::close() {
  if (std::exchange(state_, state::closed) == state::closed)
    return;
  auto self = shared_from_this();
  end_record(true);
  lane_->clock.cancel(std::exchange(alarm_, 0));
  hold(0);
  error ignored;
  peer_.close(ignored);
  (is_waiting_for_head_ ? lane_->waiting : lane_->busy).erase(place_);
  if (auto lost = std::exchange(current_, nullptr)) {
    --lane_->shared->exchanges;
    lost->lose();
  }
  lane_->shared->closed();
}

// -- from any thread ----------------------------------------------------------

void session::answer_now(std::shared_ptr<live_exchange> from) {
  asio::dispatch(
    peer_.get_executor(),
    [self = shared_from_this(), from = std::move(from)] { self->look(from); });
}

void session::answer_later(std::shared_ptr<live_exchange> from) {
  asio::post(
    peer_.get_executor(),
    [self = shared_from_this(), from = std::move(from)] { self->look(from); });
}

void session::run_later(std::function<void()> task) {
  if (task)
    asio::post(peer_.get_executor(), std::move(task));
}

// -- time ---------------------------------------------------------------------

void session::no_deadline() noexcept {
  deadline_ = time_point::max();
}

// A later deadline costs nothing: the alarm that rings too early moves on.
void session::set_deadline(time_point when) {
  deadline_ = when;
  if (alarm_ == 0 || when < alarm_at_)
    set_alarm(when);
}

void session::set_alarm(time_point when) {
  lane_->clock.cancel(alarm_);
  alarm_at_ = when;
  alarm_ = lane_->clock.set(when, [this] { ring(); });
}

void session::ring() {
  alarm_ = 0;
  if (lane_->clock.now() >= deadline_)
    expire();
  else if (deadline_ != time_point::max())
    set_alarm(deadline_);
}

void session::expire() {
  // The client sent in time: that its turn is late is our doing.
  if (has_arrived_)
    return set_deadline(lane_->clock.now() + options_.bounds.head_timeout);
  if (state_ == state::reading && !reader_.is_idle())
    refuse({408, "the request did not come in time"});
  else
    close();
}

} // namespace byollm::http
