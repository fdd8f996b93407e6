// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace byollm::test {

/// As if this program had no file descriptors left: the linker puts it in the
/// place of `socket` (`--wrap`), under Asio. One at a time; thread: the test's.
class socket_refusal {
public:
  /// Refuses the next `times` sockets.
  explicit socket_refusal(size_t times) noexcept;
  socket_refusal(const socket_refusal&) = delete;
  socket_refusal& operator=(const socket_refusal&) = delete;
  ~socket_refusal();

  /// How many are still to be refused.
  size_t left() const noexcept {
    return left_;
  }

  /// INTERNAL to the wrapper.
  bool refuses() noexcept {
    return left_ > 0 && left_-- > 0;
  }

private:
  size_t left_;
};

} // namespace byollm::test
