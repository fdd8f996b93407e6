// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <rapidjson/document.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace byollm {

/// The JSON Schema of a function's parameters, compiled once. Knows type, enum,
/// const, properties, patternProperties, required, additionalProperties,
/// dependencies, items, additionalItems, uniqueItems, the bounds of numbers,
/// texts, lists and objects (exclusive ones in either form), pattern, anyOf,
/// oneOf, allOf, not, true and false, and references into the same schema that
/// do not lead back to themselves; other keywords say nothing. A whole number
/// is an integer however it is written, see `as_whole`. A pattern has neither
/// look-around nor back-references: a schema with such a one is refused.
/// Immutable; thread-safe, and no check waits for another.
class argument_schema {
public:
  /// Takes a time that grows with the schema's text and its patterns' states.
  /// Errors: `invalid_request`, `limit_exceeded`, parameter "parameters".
  static expected<std::shared_ptr<const argument_schema>>
  compile(const rapidjson::Value& schema);

  virtual ~argument_schema() = default;

  /// Errors: `validation_rejected`; the parameter is a JSON Pointer to the
  /// first value that is wrong, "" being all of it. `limit_exceeded` with
  /// "arguments" if that takes more than limits::schema_check_steps_max.
  virtual status check(const rapidjson::Value& arguments) const = 0;

  /// The schema as it was given, as JSON.
  virtual const std::string& text() const noexcept = 0;

  /// About how many bytes of memory this takes.
  virtual size_t bytes() const noexcept = 0;
};

} // namespace byollm
