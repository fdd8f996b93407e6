// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/daemon/config.hpp"
#include "app/metrics/metrics.hpp"
#include "app/runtime/ids.hpp"
#include "app/trace/tracer.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace byollm::daemon {

/// Tells everybody who watches a daemon's calls and requests.
/// Ownership: keeps none of them; they outlive it. Thread: any, once all were
/// added.
class observers final : public call_watch, public service::request_watch {
public:
  template <class Watch>
  void add(Watch& who) {
    calls_.push_back(&who);
    requests_.push_back(&who);
  }

  // -- call_watch -------------------------------------------------------------
  void begun(const intent_record& what) noexcept override {
    for (auto each : calls_)
      each->begun(what);
  }

  void ended(const outcome_record& what) noexcept override {
    for (auto each : calls_)
      each->ended(what);
  }

  void refused(const refusal_record& what) noexcept override {
    for (auto each : calls_)
      each->refused(what);
  }

  void turned_away(const failure& why) noexcept override {
    for (auto each : calls_)
      each->turned_away(why);
  }

  /// The first who has one says it.
  std::string traceparent(const intent_record& what) const noexcept override {
    for (auto each : calls_)
      if (auto made = each->traceparent(what); !made.empty())
        return made;
    return {};
  }

  // -- request_watch ----------------------------------------------------------
  void began(service::seen_request& what) noexcept override {
    for (auto each : requests_)
      each->began(what);
  }

  void ended(const service::seen_request& what) noexcept override {
    for (auto each : requests_)
      each->ended(what);
  }

private:
  std::vector<call_watch*> calls_;
  std::vector<service::request_watch*> requests_;
};

/// Who watches a daemon, and all of them together.
struct watching {
  explicit watching(const config& how) {
    all.add(numbers);
    if (how.collector)
      all.add(traces.emplace(spans,
                             trace::tracer_options{how.trace_ratio, new_uuid}));
  }

  metrics::book numbers;
  std::shared_ptr<trace::span_queue> spans
    = std::make_shared<trace::span_queue>();
  std::optional<trace::tracer> traces;
  observers all;
};

} // namespace byollm::daemon
