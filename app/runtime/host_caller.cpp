// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/host_caller.hpp"

#include "app/runtime/later.hpp"
#include "messages/ports/thread_log.hpp"

#include <utility>

namespace byollm {

namespace {

thread_local const call_start* start_here = nullptr;

// There was a piece, so the provider was asked.
failure threw() {
  failure why{errc::handler_failed, "the host's on_delta threw", "on_delta"};
  why.sent = certainty::yes;
  return why;
}

} // namespace

call_start::call_start(std::weak_ptr<runtime_core> core) noexcept
    : core_(std::move(core)), before_(std::exchange(start_here, this)) {
  // nop
}

call_start::~call_start() {
  start_here = before_;
}

const call_start* call_start::here() noexcept {
  return start_here;
}

host_caller::host_caller(std::string call, stream_callbacks to,
                         admission::place held,
                         std::optional<named_calls::name> name)
    : call_(std::move(call)),
      to_(std::move(to)),
      place_(std::move(held)),
      name_(std::move(name)) {
  // nop
}

host_caller::~host_caller() {
  if (replied_.load())
    return;
  failure dropped{errc::unavailable, "the runtime dropped the call"};
  dropped.call = call_;
  auto* start = call_start::here();
  free();
  if (start)
    refuse(start->core(), std::move(to_), std::move(dropped));
  else
    answer(std::move(dropped));
}

void host_caller::on_delta(delta piece) {
  if (!to_.on_delta || threw_.load()
      || replied_.load(std::memory_order_acquire))
    return;
  uint64_t before;
  {
    std::lock_guard guard{mutex_};
    before = resumes_;
  }
  if (pass_on(piece) == flow::more)
    return;
  std::lock_guard guard{mutex_};
  // A resume that overtook the answer "pause" must not be lost.
  if (resumes_ == before)
    paused_.store(true);
}

flow host_caller::pass_on(const delta& piece) {
  try {
    return to_.on_delta(piece);
  } catch (...) {
    log_host_threw("on_delta");
  }
  threw_.store(true);
  if (end_)
    end_();
  return flow::more;
}

bool host_caller::wants_more() const noexcept {
  return !paused_.load();
}

void host_caller::when_ready(std::function<void()> resume) {
  {
    std::lock_guard guard{mutex_};
    if (paused_.load()) {
      waiting_ = std::move(resume);
      return;
    }
  }
  resume();
}

void host_caller::resume() {
  std::function<void()> go_on;
  {
    std::lock_guard guard{mutex_};
    ++resumes_;
    paused_.store(false);
    go_on = std::exchange(waiting_, nullptr);
  }
  if (go_on)
    go_on();
}

// Name and place stay taken: the call itself goes on.
void host_caller::on_early_reply(failure why) {
  answer(std::move(why));
}

void host_caller::on_reply(expected<message_reply> reply) {
  free();
  answer(std::move(reply));
}

// Before the host hears of the end, so that it may call again, or ask again how
// the call stands.
void host_caller::free() {
  std::optional<named_calls::name> name;
  {
    std::lock_guard guard{mutex_};
    name.swap(name_);
  }
  if (name)
    name->release();
  place_.reset();
}

void host_caller::answer(expected<message_reply> reply) {
  if (replied_.exchange(true) || !to_.on_done)
    return;
  if (threw_.load())
    reply = threw();
  if (!reply) {
    auto why = std::move(reply).error();
    why.call = call_;
    reply = std::move(why);
  }
  try {
    to_.on_done(std::move(reply));
  } catch (...) {
    log_host_threw("on_done");
  }
}

void refuse(const core_ptr& core, stream_callbacks to, failure why) {
  if (!to.on_done)
    return;
  apart(core, [done = std::move(to.on_done), why = std::move(why)]() mutable {
    try {
      done(std::move(why));
    } catch (...) {
      log_host_threw("on_done");
    }
  });
}

} // namespace byollm
