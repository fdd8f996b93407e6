// SPDX-License-Identifier: Apache-2.0
#include "app/trace/sender.hpp"

#include "app/trace/otlp_json.hpp"
#include "messages/limits.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace byollm::trace {

namespace asio = boost::asio;

sender::sender(asio::io_context& loop, base_url at,
               std::shared_ptr<span_queue> from)
    : loop_(loop),
      timer_(loop),
      to_(std::make_unique<collector>(loop, std::move(at))),
      from_(std::move(from)) {
  // nop
}

void sender::start() {
  from_->on_first([weak = weak_from_this(), this] {
    if (auto self = weak.lock())
      asio::post(loop_, [self] { self->wake(); });
  });
}

void sender::wake() {
  if (!is_busy_ && to_)
    wait(limits::spans_interval);
}

void sender::wait(std::chrono::steady_clock::duration time) {
  is_busy_ = true;
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
    if (!ec)
      self->send();
  });
}

void sender::send() {
  // A timer may have rung before it was cancelled.
  if (!to_ || is_sending_)
    return;
  auto batch = from_->take(limits::spans_batch_max);
  is_busy_ = is_sending_ = !batch.empty();
  if (batch.empty())
    return is_stopping_ ? end() : void();
  to_->post(otlp_json(batch),
            [self = shared_from_this(), count = batch.size()](bool is_taken) {
              self->is_sending_ = false;
              self->sent(count, is_taken);
            });
}

void sender::sent(size_t count, bool is_taken) {
  if (is_taken)
    from_->sent(count);
  else
    from_->dropped(count);
  if (is_taken)
    return send();
  if (is_stopping_)
    return end();
  wait(limits::collector_retry);
}

void sender::stop(std::chrono::milliseconds patience) {
  from_->on_first(nullptr);
  asio::post(loop_, [self = shared_from_this()] {
    self->is_stopping_ = true;
    self->timer_.cancel();
    if (!self->is_sending_)
      self->send();
  });
  std::unique_lock guard{mutex_};
  if (ended_.wait_for(guard, patience, [this] { return has_ended_; }))
    return;
  asio::post(loop_, [self = shared_from_this()] { self->end(); });
  ended_.wait(guard, [this] { return has_ended_; });
}

// What has operations on the loop ends there.
void sender::end() {
  to_.reset();
  from_->dropped(from_->take(limits::spans_waiting_max).size());
  std::lock_guard guard{mutex_};
  has_ended_ = true;
  ended_.notify_all();
}

} // namespace byollm::trace
