// SPDX-License-Identifier: Apache-2.0
#include "app/http/live_exchange.hpp"

#include "app/http/session.hpp"

#include <utility>

namespace byollm::http {

live_exchange::live_exchange(request asked, std::shared_ptr<session> on,
                             size_t queue_max, bool keeps_notes)
    : request_(std::move(asked)),
      session_(std::move(on)),
      queue_max_(queue_max),
      keeps_notes_(keeps_notes) {
  // nop
}

exchange_ptr live_exchange::handle() {
  return {this, [self = shared_from_this()](exchange*) { self->let_go(); }};
}

const request& live_exchange::asked() const noexcept {
  return request_;
}

wiped_bytes live_exchange::take_body() noexcept {
  return std::exchange(request_.body, {});
}

// -- answering ----------------------------------------------------------------

void live_exchange::reply(answer whole) {
  {
    std::lock_guard guard{mutex_};
    if (phase_ != phase::unanswered)
      return;
    phase_ = phase::ended;
    next_.head = std::move(whole);
    next_.has_head = true;
    next_.end = outgoing::ending::good;
  }
  // At once if this is the loop: most answers are one write.
  session_->answer_now(shared_from_this());
  drop_callbacks();
}

void live_exchange::begin_stream(answer head) {
  std::unique_lock guard{mutex_};
  if (phase_ != phase::unanswered)
    return;
  phase_ = phase::streaming;
  next_.head = std::move(head);
  next_.head.body.clear();
  next_.has_head = true;
  next_.is_stream = true;
  wake(std::move(guard));
}

bool live_exchange::write(std::string bytes) {
  std::unique_lock guard{mutex_};
  if (phase_ != phase::streaming)
    return false;
  if (!bytes.empty()) {
    queued_ += bytes.size();
    next_.pieces.push_back(std::move(bytes));
  }
  auto has_room = queued_ <= queue_max_;
  wake(std::move(guard));
  return has_room;
}

void live_exchange::end_stream() {
  end(outgoing::ending::good);
}

void live_exchange::abort_stream() {
  end(outgoing::ending::torn);
}

void live_exchange::end(outgoing::ending how) {
  {
    std::unique_lock guard{mutex_};
    if (phase_ != phase::streaming)
      return;
    phase_ = phase::ended;
    next_.end = how;
    wake(std::move(guard));
  }
  drop_callbacks();
}

void live_exchange::let_go() {
  std::unique_lock guard{mutex_};
  if (phase_ != phase::unanswered && phase_ != phase::streaming)
    return;
  next_.is_forgotten = phase_ == phase::unanswered;
  next_.end = outgoing::ending::torn;
  phase_ = phase::ended;
  wake(std::move(guard));
}

// Pieces that are written in one turn of the loop leave in one write.
void live_exchange::wake(std::unique_lock<std::mutex> guard) {
  auto is_first = !std::exchange(is_woken_, true);
  guard.unlock();
  if (is_first)
    session_->answer_later(shared_from_this());
}

// -- callbacks ----------------------------------------------------------------

bool live_exchange::is_drained() const noexcept {
  return queued_ <= queue_max_ / 2;
}

void live_exchange::when_writable(std::function<void()> ready) {
  {
    std::lock_guard guard{mutex_};
    if (phase_ == phase::ended)
      return;
    if (phase_ != phase::gone && !is_drained()) {
      writable_.swap(ready);
      return;
    }
  }
  session_->run_later(std::move(ready));
}

void live_exchange::on_gone(std::function<void()> gone) {
  {
    std::lock_guard guard{mutex_};
    if (phase_ == phase::ended)
      return;
    if (phase_ != phase::gone) {
      gone_.swap(gone);
      return;
    }
  }
  session_->run_later(std::move(gone));
}

bool live_exchange::is_gone() const noexcept {
  std::lock_guard guard{mutex_};
  return phase_ == phase::gone;
}

void live_exchange::note(std::string_view name, std::string_view value) {
  if (!keeps_notes_)
    return;
  std::lock_guard guard{mutex_};
  set_note(said_, name, value);
}

// What they hold may be the exchange's last holder, so not under the lock.
void live_exchange::drop_callbacks() {
  std::unique_lock guard{mutex_};
  auto writable = std::exchange(writable_, nullptr);
  auto gone = std::exchange(gone_, nullptr);
  guard.unlock();
}

// -- the session's side -------------------------------------------------------

bool live_exchange::collect(outgoing& out) {
  std::lock_guard guard{mutex_};
  is_woken_ = false;
  out.has_head = std::exchange(next_.has_head, false);
  if (out.has_head)
    out.head = std::move(next_.head);
  out.is_stream = next_.is_stream;
  out.is_forgotten = next_.is_forgotten;
  out.end = next_.end;
  out.pieces.clear();
  out.pieces.swap(next_.pieces);
  collected_ = queued_;
  return out.has_head || !out.pieces.empty()
         || out.end != outgoing::ending::none;
}

void live_exchange::sent() {
  std::unique_lock guard{mutex_};
  queued_ -= std::exchange(collected_, 0);
  if (!writable_ || !is_drained())
    return;
  auto ready = std::exchange(writable_, nullptr);
  guard.unlock();
  ready();
}

notes live_exchange::take_notes() {
  std::lock_guard guard{mutex_};
  return std::exchange(said_, {});
}

void live_exchange::lose() {
  std::unique_lock guard{mutex_};
  if (phase_ == phase::ended)
    return;
  phase_ = phase::gone;
  next_.pieces.clear();
  auto writable = std::exchange(writable_, nullptr);
  auto gone = std::exchange(gone_, nullptr);
  guard.unlock();
  if (gone)
    gone();
  if (writable)
    writable();
}

} // namespace byollm::http
