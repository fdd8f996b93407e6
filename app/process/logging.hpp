// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/log.hpp"

#include <memory>
#include <string_view>

namespace byollm {

enum class log_format : uint8_t { human, json };

/// A log to stderr whose level and form may change while it is written.
/// Thread-safe.
class live_log {
public:
  live_log(log_level least, log_format format);

  /// Returns what writes lines, from the least level up; may outlive this.
  log_fn writer() const;

  void change(log_level least, log_format format);

private:
  struct state;
  std::shared_ptr<state> state_;
};

/// Returns a log that writes lines to stderr, from `least` up. Thread-safe.
log_fn make_log(log_level least, log_format format);

} // namespace byollm
