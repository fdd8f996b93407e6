// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/daemon/config.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace byollm::daemon {

/// A runtime and the service in front of it. Thread: one, except as told, and
/// that `stop` may run beside `beat`.
class daemon {
public:
  /// Has the master keys, if they come from outside.
  static constexpr auto master_key_variable = "BYOLLM_MASTER_KEY";

  /// Errors: those of runtime::start, http::server::start and access_log::open.
  static expected<std::unique_ptr<daemon>> start(const config& how);

  ~daemon();

  /// The port of loopback HTTP, or 0.
  uint16_t port() const noexcept;

  /// The port of the metrics' own listener, or 0.
  uint16_t metrics_port() const noexcept;

  /// Takes over what of `next` a reload changes (app/daemon/settings.hpp), for
  /// what begins from now on, and opens the access log anew. Returns when all
  /// loops know. Changes nothing if it fails: with the errors of
  /// access_log::open. Not while it stops.
  status change(const config& next);

  /// Returns whether every loop answered what the last beat asked, and if so
  /// asks again. While it stops, as long as there are loops.
  bool beat();

  /// Returns the loops that do not answer.
  std::vector<size_t> silent_loops() const;

  /// Where this daemon logs; good while it lives.
  log_fn log() const;

  /// Refuses what is new; `stop` follows.
  void close() noexcept;

  /// Refuses what is new, lets what runs end until `deadline`, cuts the rest,
  /// and stops. Returns whether nothing had to be cut.
  bool stop(std::chrono::milliseconds deadline);

  /// Has `stop` wait no longer for what runs. Thread: any.
  void hurry();

private:
  struct impl;
  explicit daemon(std::unique_ptr<impl> self);
  std::unique_ptr<impl> impl_;
};

} // namespace byollm::daemon
