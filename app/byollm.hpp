// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The embedding API: everything a host needs. Includes the standard library
/// and our vocabulary (itself standard library only); no dependency shows
/// through.

#include "access.hpp"
#include "admin.hpp"
#include "context.hpp"
#include "options.hpp"
#include "pending.hpp"
#include "stats.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace byollm {

/// A running BYOLLM instance inside the host process. Several may live in one
/// process, each with its own data directory. Starts threads, never writes to
/// stdout, installs no signal handler, reads no file outside the data directory
/// but those named in the options. Thread-safe.
class BYOLLM_API runtime {
public:
  /// Opens the store, recovers, and starts. Errors: `store_*`,
  /// `invalid_config`.
  static expected<std::unique_ptr<runtime>> start(runtime_options options);

  /// Stops with `limits::stop_deadline`. On a thread of a runtime's own, as in
  /// a callback that had the last owner, nobody may wait: nothing new is let in
  /// from then on, and a thread that is there for it stops the rest, which the
  /// process waits for at its end.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Opens a chat turn: decides who answers and pins it. Errors:
  /// `invalid_request` (also of a place that is another tenant's),
  /// `config_unavailable`, `overloaded`, `stopping`.
  pending<context> open_turn(turn_request request) const;

  admin_accessor admin() const;

  access_accessor access() const;

  /// Says whether a call of `tenant` would be let in now, so that a service can
  /// refuse before it reads what is asked; what is refused counts as a call
  /// that was. Once a second a tenant's call may come that will be refused: it
  /// leaves the ledger's row. Errors: `overloaded` with `retry_after`,
  /// `stopping`.
  status has_room_for(const std::string& tenant) const;

  /// Takes the place of a call that will follow: give it to the turn that the
  /// call is made in, soon: `stop` waits for places as it does for calls.
  /// Refuses and counts as `has_room_for` does; then the place
  /// of the call that is to leave a row is null. Errors: `overloaded` with
  /// `retry_after`, `stopping`.
  expected<call_place_ptr> take_place(const std::string& tenant) const;

  /// Cheap, and does not wait for the disk.
  runtime_stats stats() const;

  /// Refuses new turns, waits for running calls up to `deadline`, cuts the
  /// rest, and joins every thread. Idempotent: who comes second, also while the
  /// first one waits, has that one's answer at its end. Returns whether nothing
  /// had to be cut. Errors: `would_deadlock` on one of the runtime's own
  /// threads.
  expected<bool> stop(std::chrono::milliseconds deadline);

private:
  friend class runtime_internals;
  struct impl;
  explicit runtime(std::shared_ptr<impl> self);
  std::shared_ptr<impl> impl_;
};

} // namespace byollm
