// SPDX-License-Identifier: Apache-2.0
#include "actors/breaker.hpp"

#include <algorithm>

namespace byollm {

// A breaker lives in its PROVIDER, and goes with one that nobody uses. Then the
// next attempt may be made in any case.
static_assert(limits::breaker_open_max < limits::provider_idle);
static_assert(limits::breaker_open_max <= limits::retry_after_max);

endpoint_sign sign_of(const failure& why) noexcept {
  switch (why.code) {
  case errc::none:
  case errc::authentication:
  case errc::permission:
  case errc::quota_exhausted:
  case errc::rate_limited:
  case errc::context_length:
  case errc::content_policy:
  case errc::model_not_found:
  case errc::provider_rejected:
  case errc::redirected:
  case errc::answer_too_large:
    return endpoint_sign::answers;
  case errc::dns_failed:
  case errc::connect_failed:
  case errc::connect_timeout:
  case errc::tls_failed:
  case errc::first_byte_timeout:
  case errc::idle_timeout:
  case errc::connection_lost:
  case errc::truncated:
  case errc::provider_overloaded:
  case errc::provider_fault:
  case errc::provider_timeout:
    return endpoint_sign::fails;
  default:
    // Among them the deadline: how short it is, is the caller's choice; and
    // what is found at once and each time (tls_untrusted, protocol). To spare
    // that saves nothing, and would make it a reason to fall back.
    return endpoint_sign::nothing;
  }
}

std::optional<breaker::pass> breaker::enter(time_point now) noexcept {
  if (state_ == state::closed)
    return pass{round_};
  if (now < until_)
    return std::nullopt;
  turn_to(state::half_open, now + limits::breaker_probe_patience);
  return pass{round_};
}

breaker::pass breaker::enter_anyway(time_point now) noexcept {
  // Beside a probe, or before its time, the failure of a test says nothing new.
  return enter(now).value_or(pass{0});
}

breaker::duration breaker::wait(time_point now) const noexcept {
  if (state_ == state::closed)
    return duration::zero();
  auto left = std::max(until_ - now, duration::zero());
  // A probe mostly ends long before nobody waits for it any more.
  return state_ == state::half_open
           ? std::min<duration>(left, limits::breaker_open_first)
           : left;
}

breaker::turned breaker::answered() noexcept {
  failures_ = 0;
  return began();
}

breaker::turned breaker::began() noexcept {
  if (state_ == state::closed)
    return turned::nowhere;
  failures_ = 0;
  open_for_ = limits::breaker_open_first;
  turn_to(state::closed, {});
  return turned::closed;
}

breaker::turned breaker::failed(pass of, time_point now) noexcept {
  if (of.round_ != round_)
    return turned::nowhere;
  if (state_ == state::half_open) {
    open_for_ = std::min<duration>(2 * open_for_, limits::breaker_open_max);
    turn_to(state::open, now + open_for_);
    return turned::nowhere; // from open to open
  }
  if (failures_++ == 0)
    failing_since_ = now;
  if (failures_ < limits::breaker_failures
      || now - failing_since_ < limits::breaker_streak_min)
    return turned::nowhere;
  turn_to(state::open, now + open_for_);
  return turned::open;
}

void breaker::left(pass of) noexcept {
  // A probe without a result leaves its place to whoever comes next.
  if (state_ == state::half_open && of.round_ == round_)
    turn_to(state::open, {});
}

void breaker::turn_to(state next, time_point until) noexcept {
  state_ = next;
  until_ = until;
  ++round_;
}

} // namespace byollm
