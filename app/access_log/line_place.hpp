// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace byollm {

/// Where lines are written: an open file, or nowhere.
class line_place {
public:
  line_place() = default;

  line_place(line_place&& from) noexcept
      : descriptor_(std::exchange(from.descriptor_, -1)) {
    // nop
  }

  line_place& operator=(line_place&& from) noexcept {
    std::swap(descriptor_, from.descriptor_);
    return *this;
  }

  ~line_place();

  /// Opens a file to append to, made with mode 0600; "-" is stdout. Errors:
  /// `invalid_config` with the system's reason.
  static expected<line_place> open(const std::string& name);

  /// Opens stderr once more; not open if there is none.
  static line_place of_stderr() noexcept;

  bool is_open() const noexcept {
    return descriptor_ >= 0;
  }

  /// Waits a little until something can be written, and writes from the front
  /// of `bytes`. Returns how much, 0 if it takes nothing now. Errors:
  /// `unavailable` with the system's reason.
  expected<size_t> write(std::string_view bytes);

  /// Writes `line` if that needs no wait; returns false if it would, and then
  /// nothing is written. What a full disk does not take is lost.
  bool write_at_once(std::string_view line) noexcept;

private:
  int descriptor_ = -1;
};

} // namespace byollm
