// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/request_watch.hpp"
#include "app/trace/span_queue.hpp"
#include "messages/ports/watch.hpp"
#include "messages/trace.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace byollm::trace {

struct tracer_options {
  /// Of the traces that begin here, how many are recorded: 0 to 1.
  double ratio = 1;
  /// Returns a text that nobody had before.
  std::function<std::string()> new_id = {};
};

/// Makes spans of what is sampled: of a request, and of each attempt below it.
/// Keeps nothing between a span's begin and its end: ids follow from the trace,
/// the call and the attempt. Thread: any.
class tracer final : public call_watch, public service::request_watch {
public:
  tracer(std::shared_ptr<span_queue> to, tracer_options options);

  // -- call_watch -------------------------------------------------------------
  void ended(const outcome_record& what) noexcept override;
  std::string traceparent(const intent_record& what) const noexcept override;

  // -- request_watch ----------------------------------------------------------
  void began(service::seen_request& what) noexcept override;
  void ended(const service::seen_request& what) noexcept override;

private:
  bool is_taken(const std::string& trace_id) const noexcept;
  std::optional<trace_context> parent_of(const intent_record& what) const;

  std::shared_ptr<span_queue> to_;
  tracer_options options_;
};

} // namespace byollm::trace
