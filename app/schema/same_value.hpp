// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/schema_work.hpp"

#include <rapidjson/document.h>

#include <string>

namespace byollm {

/// Appends a text that two values share if and only if they are the same in
/// JSON: whatever the order of members, and however a number is written.
/// Returns false if `work` is over.
bool append_same(std::string& to, const rapidjson::Value& value,
                 schema_work& work);

/// For sorting so many texts that have so many bytes together.
bool spend_sort(uint64_t count, uint64_t bytes, schema_work& work);

} // namespace byollm
