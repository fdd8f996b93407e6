// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/log.hpp"

#include <string_view>

namespace byollm {

enum class log_format : uint8_t { human, json };

/// Returns a log that writes lines to stderr, from `least` up. Thread-safe.
log_fn make_log(log_level least, log_format format);

} // namespace byollm
