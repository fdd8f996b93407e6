// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace re2 {
class RE2;
}

namespace byollm {

class text_pattern;

/// What one check may still do, counted while it is done: what arguments cost
/// is not known before, and some schemas multiply it. A step takes some
/// nanoseconds: a value held against a schema, 16 bytes of a text that is read,
/// 8 states of a pattern at one of a text's bytes.
class schema_work {
public:
  /// Returns whether there were so many steps left; there are none from then on
  /// if not.
  bool spend(uint64_t steps) noexcept {
    is_over_ = is_over_ || steps > left_;
    left_ = is_over_ ? 0 : left_ - steps;
    return !is_over_;
  }

  bool spend_bytes(uint64_t bytes) noexcept {
    return spend(bytes / 16 + 1);
  }

  bool is_over() const noexcept {
    return is_over_;
  }

  uint64_t left() const noexcept {
    return left_;
  }

  /// What patterns were compiled to, for this check: see
  /// `text_pattern::is_in`.
  std::unordered_map<const text_pattern*, std::shared_ptr<const re2::RE2>>
    patterns = {};

private:
  uint64_t left_ = limits::schema_check_steps_max;
  bool is_over_ = false;
};

} // namespace byollm
