// SPDX-License-Identifier: Apache-2.0
#include "providers/net/pool.hpp"

#include "providers/net/attempt.hpp"
#include "providers/net/tls_session.hpp"

#include <algorithm>
#include <utility>

namespace byollm::net {

pool::pool(std::shared_ptr<const loop_parts> parts, const dialect& speaks,
           const llm_target& target, std::unique_ptr<tls_context> tls)
    : parts_(std::move(parts)),
      speaks_(speaks),
      isolation_key_(target.isolation_key()),
      host_header_(target.url().at().host_header()),
      allowed_(target.allowed()),
      is_https_(target.url().at().is_https()),
      tls_(std::move(tls)),
      running_shown_(parts_->options.gauges, &runtime_gauges::attempts_running),
      queued_shown_(parts_->options.gauges, &runtime_gauges::attempts_queued),
      idle_shown_(parts_->options.gauges, &runtime_gauges::connections_idle) {
  // nop
}

pool::~pool() {
  close({errc::stopping, "the runtime is stopping"});
}

// -- provider_port ------------------------------------------------------------

void pool::start(provider_call call, std::shared_ptr<attempt_sink> sink) {
  if (auto why = refusal(call); why.code != errc::none) {
    auto told = [sink = std::move(sink), why = std::move(why)]() mutable {
      sink->on_done({.why = std::move(why)});
    };
    return parts_->gate->post(std::move(told));
  }
  adopt_reach(call.ticket->target()->allowed());
  auto made
    = std::make_shared<attempt>(*this, std::move(call), std::move(sink));
  made->index = attempts_.size();
  attempts_.push_back(made);
  if (running_ < parts_->options.in_flight_max) {
    ++running_;
    made->run();
  } else {
    queue_.push_back(made.get());
    made->wait();
  }
  count();
}

void pool::count() noexcept {
  running_shown_.set(running_);
  queued_shown_.set(queue_.size());
  idle_shown_.set(idle_.size());
}

failure pool::refusal(const provider_call& call) const {
  if (is_closed_)
    return {errc::stopping, "the port is closed"};
  if (!call.ticket || !call.ticket->receipt() || !call.ticket->target()
      || !call.request)
    return {errc::unavailable, "the call has no durable intent"};
  auto& target = *call.ticket->target();
  // A connection carries one credential in its life, whatever we are handed.
  if (target.isolation_key() != isolation_key_)
    return {errc::unavailable, "the call belongs to another port"};
  if (!is_https_ && target.allowed() != reach::allowed)
    return {errc::origin_denied, "plain http is not allowed for this origin"};
  if (call.deadline <= parts_->clock.now())
    return {errc::deadline_exceeded,
            "the deadline passed before the request was sent"};
  if (running_ >= parts_->options.in_flight_max
      && queue_.size() >= parts_->options.queue_max)
    return {errc::overloaded, "too many calls wait for this provider"};
  return {};
}

void pool::adopt_reach(reach allowed) {
  // What the admin allowed then may not be allowed now: connections made under
  // another rule are not used again.
  if (std::exchange(allowed_, allowed) != allowed)
    drop_idle();
}

void pool::cancel(const intent_receipt& receipt) {
  // Two tenants may name their calls alike: the intent is one call's alone.
  auto is_it = [&](const std::shared_ptr<attempt>& one) {
    return one->receipt().seq() == receipt.seq();
  };
  auto found = std::find_if(attempts_.begin(), attempts_.end(), is_it);
  if (found == attempts_.end())
    return;
  auto left = *found;
  left->cancel(is_hurried_);
}

void pool::hurry() {
  is_hurried_ = true;
  // A sink that is told may destroy this pool: nothing of it is used below.
  auto running = attempts_;
  for (auto& one : running)
    one->hurry();
}

void pool::keep_connections(bool keep) {
  keeps_ = keep;
  if (!keep)
    drop_idle();
}

void pool::close(const failure& why) {
  is_closed_ = true;
  drop_idle();
  parts_->clock.cancel(std::exchange(idle_alarm_, 0));
  // A sink that is told may destroy this pool: nothing of it is used below.
  auto ended = attempts_;
  for (auto& one : ended)
    one->finish(why);
}

size_t pool::in_flight() const noexcept {
  return attempts_.size();
}

// -- for attempts -------------------------------------------------------------

expected<channel_ptr> pool::make_connection() {
  if (!tls_)
    return make_channel(parts_->loop, nullptr);
  auto session = tls_->session();
  if (!session)
    return std::move(session).error();
  return make_channel(parts_->loop, *std::move(session));
}

void pool::retire(attempt& who, channel_ptr keep) {
  auto had_slot = who.has_slot();
  if (!had_slot)
    std::erase(queue_, &who);
  who.mark_done();
  if (keep && keeps_ && !is_closed_ && who.target().allowed() == allowed_)
    keep_idle(std::move(keep));
  else if (keep)
    keep->close();
  auto at = who.index;
  attempts_.back()->index = at;
  std::swap(attempts_[at], attempts_.back());
  attempts_.pop_back();
  if (had_slot) {
    --running_;
    fill_slots();
  }
  count();
}

void pool::fill_slots() {
  while (!is_closed_ && !queue_.empty()
         && running_ < parts_->options.in_flight_max) {
    auto next = queue_.front();
    queue_.pop_front();
    ++running_;
    next->run();
  }
}

// -- idle connections ---------------------------------------------------------

channel_ptr pool::take_idle() {
  auto oldest = parts_->clock.now() - parts_->options.pooled_idle_max;
  while (!idle_.empty()) {
    auto last = parts_->idle->take(idle_.back());
    idle_.pop_back();
    count();
    if (last.since > oldest && last.channel->is_quiet())
      return std::move(last.channel);
    last.channel->close();
  }
  return nullptr;
}

void pool::keep_idle(channel_ptr channel) {
  const auto& options = parts_->options;
  if (options.idle_connections_max == 0 || options.idle_on_loop_max == 0)
    return channel->close();
  if (idle_.size() == options.idle_connections_max)
    close_oldest();
  auto now = parts_->clock.now();
  idle_.push_back(parts_->idle->add({this, std::move(channel), now}));
  watch_idle();
}

void pool::close_oldest() noexcept {
  auto first = parts_->idle->take(idle_.front());
  idle_.pop_front();
  first.channel->close();
  count();
}

void pool::drop_idle() {
  while (!idle_.empty())
    close_oldest();
}

void pool::watch_idle() {
  if (idle_alarm_ != 0 || idle_.empty())
    return;
  auto when = idle_.front()->since + parts_->options.pooled_idle_max;
  idle_alarm_ = parts_->clock.set(when, [this] {
    idle_alarm_ = 0;
    expire_idle();
  });
}

void pool::expire_idle() {
  auto oldest = parts_->clock.now() - parts_->options.pooled_idle_max;
  while (!idle_.empty() && idle_.front()->since <= oldest)
    close_oldest();
  watch_idle();
}

} // namespace byollm::net
