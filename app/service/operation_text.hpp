// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/wiped_bytes.hpp"

#include <string>
#include <string_view>

// The text of an operation's request (app/owner/operations.hpp).
namespace byollm::service {

/// Returns the beginning of a request, open for more members.
std::string begin_operation(std::string_view op);

/// Adds a text. What is added here counts: a member that comes again, in a
/// body, is refused.
void add(std::string& to, std::string_view name, std::string_view value);

/// Returns the request with the members of `body`, a JSON object, behind those
/// of `head`; both may hold a key.
wiped_bytes join(std::string_view head, std::string_view body);

} // namespace byollm::service
