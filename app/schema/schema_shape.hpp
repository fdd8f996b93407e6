// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <rapidjson/document.h>

namespace byollm {

/// Checks that each keyword of a schema has the form that who reads it takes
/// for granted; not those of the schemas in it. Errors: `invalid_request`.
status check_shape(const rapidjson::Value& schema);

} // namespace byollm
