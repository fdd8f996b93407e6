// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"
#include "messages/protocol/payload.hpp"

#include <optional>
#include <vector>

namespace byollm {

/// Where a call stands. One step waits for one answer.
enum class call_step : uint8_t {
  waiting,   ///< A delay before the next attempt runs.
  allowing,  ///< The quota says whether the extension may.
  intent,    ///< The ledger makes the intent durable.
  leasing,   ///< The auth gateway makes a ticket.
  running,   ///< The provider runs the attempt.
  recording, ///< The ledger makes the outcome or refusal durable.
};

/// A call of a turn, as the turn keeps it.
struct running_call {
  shared<call_order> order;
  call_step at = call_step::waiting;
  std::vector<failed_attempt> failed = {};
  shared<attempt_plan> plan = {};
  shared<intent_record> intent = {};
  intent_receipt_ptr receipt = {};
  uint32_t attempts = 0;
  /// What the last attempt is billed.
  std::optional<uint64_t> cost_micro = {};
  /// Set: the call shall end with this, at the next step that can end it.
  std::optional<failure> stop = {};
  std::optional<alarm_clock::alarm_id> deadline_alarm = {};
  std::optional<alarm_clock::alarm_id> retry_alarm = {};
};

} // namespace byollm
