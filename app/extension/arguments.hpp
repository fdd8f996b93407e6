// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/argument_schema.hpp"
#include "app/shape.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace byollm {

/// The arguments that a function or a tool takes: a described struct, and its
/// JSON Schema. Immutable; thread-safe.
class argument_kind {
public:
  /// Errors: `invalid_request` and `limit_exceeded`, parameter "parameters".
  static expected<std::shared_ptr<const argument_kind>>
  compile(const shape_ptr& params);

  /// Returns a struct of one JSON object that fits. Whole numbers written as
  /// 5.0 are 5, as JSON Schema has it. Errors: `validation_rejected` with a
  /// JSON Pointer; `limit_exceeded`, parameter "arguments", for a text over
  /// limits::stream_event_bytes_max and one of too many or too deep values.
  expected<std::shared_ptr<void>> read(std::string_view text) const;

  /// The schema as JSON.
  const std::string& schema_json() const noexcept {
    return schema_->text();
  }

private:
  argument_kind(shape_ptr params, std::shared_ptr<const argument_schema> schema)
      : params_(std::move(params)), schema_(std::move(schema)) {
    // nop
  }

  shape_ptr params_;
  std::shared_ptr<const argument_schema> schema_;
};

using argument_kind_ptr = std::shared_ptr<const argument_kind>;

} // namespace byollm
