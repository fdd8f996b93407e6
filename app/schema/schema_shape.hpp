// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <rapidjson/document.h>

#include <string_view>

namespace byollm {

/// Checks that each keyword of a schema, and of the schemas in it, has the form
/// that RapidJSON takes for granted, and that it knows each pattern: it would
/// read what is not there, and hold nothing against a pattern that it does not
/// know. Errors: `invalid_request`.
status check_shape(const rapidjson::Value& schema);

/// Returns whether compiling `pattern` takes a bounded time and memory: counted
/// repetitions multiply what RapidJSON makes of it.
bool is_modest(std::string_view pattern) noexcept;

} // namespace byollm
