// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/breaker.hpp"
#include "messages/ports/alarm.hpp"
#include "messages/ports/gauges.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/provider.hpp"

#include <memory>

namespace byollm {

/// One isolation key's breaker, and what its attempts tell it.
/// Thread: the loop's, like the port whose attempts it watches.
class endpoint_watch : public std::enable_shared_from_this<endpoint_watch> {
public:
  /// `clock` outlives the attempts.
  endpoint_watch(llm_target::ptr target, alarm_clock& clock, log_fn log,
                 runtime_gauges_ptr gauges = {});

  /// Returns a sink that hands all on to `to` and learns from it; or
  /// `circuit_open` with the time to wait. A test is always let through.
  expected<std::shared_ptr<attempt_sink>>
  admit(std::shared_ptr<attempt_sink> to, bool is_test);

private:
  class sink;

  void answer_began();
  void ended(breaker::pass of, const failure& why);
  failure refusal(alarm_clock::time_point now) const;
  void tell(breaker::turned what);

  llm_target::ptr target_;
  alarm_clock& clock_;
  log_fn log_;
  breaker breaker_;
  gauge_share is_open_;
  errc last_failure_ = errc::none;
};

} // namespace byollm
