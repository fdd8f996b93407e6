// SPDX-License-Identifier: Apache-2.0
// The end of an attempt whose caller has gone: what the platform pays is read
// on for its usage.
#include "messages/limits.hpp"
#include "providers/net/attempt.hpp"

#include <utility>

namespace byollm::net {

void attempt::cancel(bool at_once) {
  if (at_once || !is_paid_for())
    return finish(caller_gone());
  if (std::exchange(is_draining_, true))
    return;
  if (phase_ == phase::ending)
    return complete(false); // the usage is here
  limit(limits::cancelled_drain_time_max, errc::cancelled);
  if (std::exchange(is_paused_, false))
    read_on();
}

void attempt::hurry() {
  if (is_draining_)
    finish(caller_gone());
}

// Whether the provider is at work on what it will have the platform pay. A user
// who cancels wants no more of it, and a request that is not whole is none.
bool attempt::is_paid_for() const noexcept {
  auto generates
    = call_.kind == call_kind::message || call_.kind == call_kind::embeddings;
  auto is_refused = http_status_ != 0 && http_status_ != 200;
  return generates && is_written_ && !is_refused && !target().is_byollm();
}

bool attempt::is_drained(size_t more_bytes) noexcept {
  if (!is_draining_)
    return false;
  drained_bytes_ += more_bytes;
  return drained_bytes_ >= limits::cancelled_drain_bytes_max;
}

} // namespace byollm::net
