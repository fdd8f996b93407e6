// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/access.hpp"

#include <string>
#include <string_view>

namespace byollm::service {

/// Returns the head of an operation's request that a page asks for, with all
/// that the page does not decide: whose LLM, who asks, who acts. Errors:
/// `not_found` if who is logged in has no such operation.
expected<std::string> page_operation(std::string_view name,
                                     const login_identity& who);

} // namespace byollm::service
