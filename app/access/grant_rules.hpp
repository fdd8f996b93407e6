// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <string>
#include <vector>

namespace byollm {

/// What a name that is none is refused with.
failure bad_name(const char* what);

/// Checks whom and what a token is for: call tokens and client tokens alike.
/// Errors: `invalid_request`, `limit_exceeded`, naming the member.
status check_scope(const std::string& tenant, const std::string& user,
                   const std::string& extension,
                   const std::vector<std::string>& purposes);

} // namespace byollm
