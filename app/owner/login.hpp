// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/owner/fields.hpp"

#include <string>

namespace byollm::owner {

/// Reads whom a login link is for: `tenant` and `user`, or `admin` and its
/// `name`. `in.problem` tells what is wrong.
login_identity read_login(fields& in);

/// Returns the link and its end.
std::string render(const login_link& link);

} // namespace byollm::owner
