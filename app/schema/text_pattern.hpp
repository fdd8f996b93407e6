// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/schema_work.hpp"
#include "messages/expected.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace byollm {

/// A regular expression in RE2's grammar, which is that of schemas without
/// look-around and back-references. It is looked for anywhere in a text.
/// Immutable; thread-safe.
class text_pattern {
public:
  /// Takes what it makes from `states_left`: counted repetitions multiply a
  /// pattern. Errors: `invalid_request` with `parameters` if it is none or
  /// there were not so many left.
  static expected<text_pattern> parse(std::string_view pattern,
                                      size_t& states_left);

  /// Returns whether `text` (UTF-8) has it; false if `work` is over.
  bool is_in(std::string_view text, schema_work& work) const;

private:
  text_pattern(std::string_view text, size_t states)
      : text_(text), states_(states) {
    // nop
  }

  std::string text_;
  size_t states_;
};

} // namespace byollm
