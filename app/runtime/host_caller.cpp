// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/host_caller.hpp"

namespace byollm {

host_caller::host_caller(stream_callbacks to, admission::place held)
    : to_(std::move(to)), place_(std::move(held)) {
  // nop
}

host_caller::~host_caller() {
  on_reply(failure{errc::unavailable, "the runtime dropped the call"});
}

void host_caller::on_delta(delta piece) {
  if (!to_.on_delta || replied_.load(std::memory_order_acquire))
    return;
  uint64_t before;
  {
    std::lock_guard guard{mutex_};
    before = resumes_;
  }
  if (to_.on_delta(piece) == flow::more)
    return;
  std::lock_guard guard{mutex_};
  // A resume that overtook the answer "pause" must not be lost.
  if (resumes_ == before)
    paused_.store(true);
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

void host_caller::on_reply(expected<message_reply> reply) {
  if (replied_.exchange(true))
    return;
  // The place is free before the host hears of it, so that it may call again.
  place_.reset();
  if (to_.on_done)
    to_.on_done(std::move(reply));
}

} // namespace byollm
