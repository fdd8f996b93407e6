// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/endpoint_watch.hpp"

#include <memory>

namespace byollm {

struct provider_options {
  /// The connections. Shared because CAF copies what a spawn gets; one owner.
  std::shared_ptr<provider_port> port;
  /// Whose isolation key it is.
  llm_target::ptr of;
  alarm_clock* clock = nullptr;
  log_fn log = {};
  runtime_gauges_ptr gauges = {};
};

/// Owns one isolation key's connections, and its breaker: while that is open,
/// an attempt ends at once with `circuit_open`, and the port is not asked. In
/// flight and queued: bounded by the port (limits::provider_in_flight,
/// limits::provider_queue), which refuses with `overloaded`. The port owes each
/// attempt that it was given its end, also when this actor dies.
class provider_state {
public:
  static inline constexpr const char* name = "provider";

  void start(provider_options options);

  void run(const attempt_order& order);

  void cancel(const intent_receipt& receipt);

  /// Closes the port, which ends every attempt with `why`.
  void close(const failure& why);

private:
  provider_options options_;
  std::shared_ptr<endpoint_watch> watch_;
};

provider_actor::behavior_type
provider(provider_actor::stateful_pointer<provider_state> self,
         provider_options options);

} // namespace byollm
