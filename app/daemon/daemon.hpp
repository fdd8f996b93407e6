// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/daemon/config.hpp"

#include <chrono>
#include <memory>

namespace byollm::daemon {

/// A runtime and the service in front of it.
class daemon {
public:
  /// Errors: those of runtime::start and http::server::start.
  static expected<std::unique_ptr<daemon>> start(const config& how);

  ~daemon();

  /// The port of loopback HTTP, or 0.
  uint16_t port() const noexcept;

  /// The port of the metrics' own listener, or 0.
  uint16_t metrics_port() const noexcept;

  /// Refuses what is new, lets what runs end until `deadline`, cuts the rest,
  /// and stops. Returns whether nothing had to be cut.
  bool stop(std::chrono::milliseconds deadline);

private:
  struct impl;
  explicit daemon(std::unique_ptr<impl> self);
  std::unique_ptr<impl> impl_;
};

} // namespace byollm::daemon
