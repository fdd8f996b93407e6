// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm {

enum class log_level : uint8_t { debug, info, warning, error };

using log_fields = std::vector<std::pair<std::string, std::string>>;

/// Receives log lines from any thread; must not block. Fields hold no secret.
/// What it throws is lost.
using log_fn = std::function<void(log_level, std::string_view text,
                                  const log_fields& fields)>;

} // namespace byollm
