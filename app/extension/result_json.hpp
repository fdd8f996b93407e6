// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/functions.hpp"

#include <string>

namespace byollm {

/// Renders a result as the service tells it: `{"ok", "text", "data"}`, without
/// what is empty. Errors: `handler_failed`, parameter "result", if its data are
/// not JSON or its text is not UTF-8; `limit_exceeded` over
/// limits::answer_bytes_max.
expected<std::string> result_json(const function_result& of);

} // namespace byollm
