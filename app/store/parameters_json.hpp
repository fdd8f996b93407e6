// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/ports/store.hpp"

#include <string>
#include <string_view>

namespace byollm {

/// Renders the four parameter sets of a platform configuration as one JSON
/// object: `global`, `ceilings`, `per_purpose`, `per_extension`.
std::string parameter_sets_json(const stored_platform_config& from);

/// Reads what `parameter_sets_json` wrote into `into`. Errors: `store_corrupt`.
status read_parameter_sets(std::string_view json, stored_platform_config& into);

} // namespace byollm
