// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"
#include "messages/limits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace byollm {

/// What an attempt's end says about the endpoint that was asked.
enum class endpoint_sign : uint8_t {
  answers, ///< It gave a whole answer, be it a refusal.
  fails,   ///< The way there, or the server itself, failed.
  nothing, ///< Ended by the caller, or by ourselves.
};

/// Returns what `why` says (docs/adr/0023). Pure.
endpoint_sign sign_of(const failure& why) noexcept;

/// Decides whether an endpoint that failed is asked again. Closed: everybody
/// may. Open: nobody, for a time that grows. Then half-open: one attempt, the
/// probe, decides. Holds no state for ever that only an end could change: a
/// probe that says nothing makes room for another.
class breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// The right to run one attempt; given back with the attempt's end.
  class pass {
    friend class breaker;
    explicit pass(uint64_t round) : round_(round) {
      // nop
    }
    uint64_t round_;
  };

  enum class turned : uint8_t { nowhere, open, closed };

  /// Returns nothing while nobody may ask.
  std::optional<pass> enter(time_point now) noexcept;

  /// Lets somebody in who asks in order to see whether it works again.
  pass enter_anyway(time_point now) noexcept;

  /// Returns after how long it is worth to come again; 0 if it is now.
  duration wait(time_point now) const noexcept;

  /// An attempt has its whole answer: the endpoint works, whenever the attempt
  /// began.
  turned answered() noexcept;

  /// An attempt's answer begins. Closes, but does not end a row of failures:
  /// an answer that always breaks off is one.
  turned began() noexcept;

  /// The attempt failed. Attempts that began before the last turn of things
  /// count no more.
  turned failed(pass of, time_point now) noexcept;

  /// The attempt ended without a sign.
  void left(pass of) noexcept;

private:
  enum class state : uint8_t { closed, open, half_open };

  void turn_to(state next, time_point until) noexcept;

  state state_ = state::closed;
  /// Counts the turns, from 1: a pass of an earlier one is out of date.
  uint64_t round_ = 1;
  uint32_t failures_ = 0;
  time_point failing_since_ = {};
  duration open_for_ = limits::breaker_open_first;
  /// Open: when a probe may go. Half-open: when another may.
  time_point until_ = {};
};

} // namespace byollm
