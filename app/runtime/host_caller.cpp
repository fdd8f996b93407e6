// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/host_caller.hpp"

namespace byollm {

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
  if (!replied_.load())
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

// Name and place stay taken: the call itself goes on.
void host_caller::on_early_reply(failure why) {
  answer(std::move(why));
}

void host_caller::on_reply(expected<message_reply> reply) {
  // Before the host hears of it, so that it may call again, or ask again how
  // the call stands.
  std::optional<named_calls::name> name;
  {
    std::lock_guard guard{mutex_};
    name.swap(name_);
  }
  if (name)
    name->release();
  place_.reset();
  answer(std::move(reply));
}

void host_caller::answer(expected<message_reply> reply) {
  if (replied_.exchange(true) || !to_.on_done)
    return;
  if (reply)
    return to_.on_done(std::move(reply));
  auto why = std::move(reply).error();
  why.call = call_;
  to_.on_done(std::move(why));
}

} // namespace byollm
