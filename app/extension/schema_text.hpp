// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/shape.hpp"

#include <string>

namespace byollm {

/// Renders the JSON Schema of a shape: exactly its members, and what is not
/// required with its initial value as "default". Errors: `invalid_request`,
/// parameter "parameters", for names that are none or twice there, bounds that
/// are no numbers, initial values without JSON, and structs without end.
expected<std::string> schema_text(const shape& of);

} // namespace byollm
