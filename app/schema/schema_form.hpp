// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <rapidjson/document.h>

namespace byollm {

/// Rewrites what later drafts of JSON Schema say in another way (numeric
/// exclusive bounds, const, true and false as schemas, 5.0 for 5) into draft 4,
/// which RapidJSON knows.
void to_draft_4(rapidjson::Value& schema,
                rapidjson::Document::AllocatorType& memory);

/// Checks the shape of `schema` (`check_shape`), that each `$ref` stays within
/// `schema`, leads somewhere, not back to itself and not too deep, and that no
/// pattern repeats without measure: RapidJSON would follow the one for ever,
/// and take all memory for the other. Errors: `invalid_request`.
status check_schema(const rapidjson::Value& schema);

} // namespace byollm
