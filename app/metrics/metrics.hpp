// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/request_watch.hpp"
#include "app/stats.hpp"
#include "messages/ports/watch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace byollm::metrics {

/// What is looked up when somebody asks.
struct readings {
  runtime_stats runtime = {};
  size_t http_connections = 0;
  size_t http_exchanges = 0;
  uint64_t spans_sent = 0;
  uint64_t spans_dropped = 0;
  size_t spans_waiting = 0;
};

/// The metrics of docs/operations.md. Every label is one of a closed set: kinds
/// of providers, routes, our own errors; nothing that somebody types.
/// Thread: any.
class book final : public call_watch, public service::request_watch {
public:
  book();
  ~book() override;

  // -- call_watch -------------------------------------------------------------
  void begun(const intent_record& what) noexcept override;
  void ended(const outcome_record& what) noexcept override;
  void refused(const refusal_record& what) noexcept override;
  void turned_away(const failure& why) noexcept override;

  // -- request_watch ----------------------------------------------------------
  void began(service::seen_request& what) noexcept override;
  void ended(const service::seen_request& what) noexcept override;

  /// Returns all of it in Prometheus' text format, version 0.0.4.
  std::string text(const readings& now) const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace byollm::metrics
