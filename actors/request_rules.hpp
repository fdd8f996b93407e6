// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/turn.hpp"

namespace byollm {

/// Checks what a caller asks for before anything is resolved. Pure. Errors:
/// `invalid_request` or `limit_exceeded`, naming the parameter.
status check_order(const call_order& order);

} // namespace byollm
