// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/schema_rules.hpp"

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace byollm {

/// Returns a member of an object, or null.
const rapidjson::Value* find(const rapidjson::Value& object,
                             std::string_view name);

std::string text_of(const rapidjson::Value& text);

/// Reads the rules of a schema that hold no schemas: types, values and bounds.
/// Exclusive bounds are numbers, or, as in draft 4, true beside the bound.
void read_simple(schema_rules& to, const rapidjson::Value& schema);

} // namespace byollm
