// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/embeddings.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace byollm::kinds {

/// Reads a vector: a JSON array of numbers, or base64 of little-endian 32-bit
/// floats. Nothing for any other text, and for numbers that are not finite.
std::optional<embedding> vector_of(std::string_view text);

/// Reads a JSON array of at most `most` arrays of numbers.
std::optional<std::vector<embedding>> vectors_of(std::string_view text,
                                                 size_t most);

} // namespace byollm::kinds
