// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/shape.hpp"

#include <rapidjson/document.h>

namespace byollm {

/// Puts a JSON value that its schema took into `to`, which has its initial
/// value and the type of `like`. Errors: `validation_rejected`, `parameter`
/// being a JSON Pointer, for what the schema takes and the type does not, an
/// integer out of its range for example. `to` is of no use then.
status decode(const shape& like, const rapidjson::Value& from, void* to);

} // namespace byollm
