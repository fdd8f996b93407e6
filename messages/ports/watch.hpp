// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../ledger.hpp"

#include <memory>
#include <string>

namespace byollm {

/// Is told what becomes of calls: metrics, traces, a host's own counters. What
/// the ledger has is told by the ledger, once it is durable, so that who counts
/// here counts what is there. (Outcomes that a start gives to what a crash left
/// open are told to nobody.)
/// Ownership: records are shared and immutable; keep what you need.
/// Thread: any loop's, `turned_away` any at all; several at once. An
/// implementation waits for nobody: no lock that is held for long, no I/O. What
/// is thrown in it ends the process, as with every `noexcept`.
class call_watch {
public:
  virtual ~call_watch() = default;

  /// The intent of an attempt is durable.
  virtual void begun(const intent_record&) noexcept {
    // nop
  }

  /// The outcome of an attempt is durable; after its `begun`, once. Its intent
  /// is `of`, which is never null here; `first_byte_us` tells when the answer
  /// began, `first_token_us` when a stream had content.
  virtual void ended(const outcome_record&) noexcept {
    // nop
  }

  /// The refusal of a call that made no attempt is durable.
  virtual void refused(const refusal_record&) noexcept {
    // nop
  }

  /// A call, or the record of one, was turned away, and the ledger has nothing
  /// of it: admission was full, an id was used already, the ledger cannot be
  /// written.
  virtual void turned_away(const failure&) noexcept {
    // nop
  }

  /// Returns the `traceparent` that an attempt sends to its provider; empty:
  /// its caller's, unchanged. The same for the same attempt, whenever asked.
  virtual std::string traceparent(const intent_record&) const noexcept {
    return {};
  }
};

} // namespace byollm
