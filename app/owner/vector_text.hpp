// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/embeddings.hpp"

#include <string>

namespace byollm {

/// Returns base64 of little-endian 32-bit floats.
std::string base64_of(const embedding& vector);

/// Returns a JSON array of the shortest numbers that read back as the same
/// floats.
std::string numbers_of(const embedding& vector);

} // namespace byollm
