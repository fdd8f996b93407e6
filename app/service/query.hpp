// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm::service {

/// Decodes `name=value&...`. Errors: `invalid_request` for broken
/// percent-encoding, or a name that comes twice.
expected<std::vector<std::pair<std::string, std::string>>>
parse_query(std::string_view query);

} // namespace byollm::service
