// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"
#include "providers/json/document.hpp"
#include "providers/json/writer.hpp"

#include <memory>
#include <string_view>

namespace byollm::kinds {

/// Where a dialect's answer has its vectors; all names are literals.
struct vectors_form {
  /// The member that holds them.
  std::string_view list;
  /// Empty: `list` is an array of arrays. Otherwise `list` has objects, with
  /// the vector as this member and its place as `index`.
  std::string_view vector = {};
  /// The member that counts the texts' tokens, in the object `usage_in`, or
  /// beside `list` if that is empty.
  std::string_view tokens;
  std::string_view usage_in = {};
};

/// Appends the texts as an array.
void append_texts(json::writer& to, const embedding_input& input);

/// Appends "dimensions" if some are asked for.
void append_dimensions(json::writer& to, const embedding_input& input);

/// Returns a decoder of the vectors for `asked`. Vectors may be arrays of
/// numbers or base64 of little-endian floats, whatever was asked for. An answer
/// that lacks one, or has one of another length than asked for or than the
/// others, or a number that is not finite, is `protocol`.
std::unique_ptr<answer_decoder>
make_vectors_decoder(const vectors_form& form, const embedding_input& asked);

} // namespace byollm::kinds
