// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"
#include "messages/limits.hpp"

#include <cstddef>

namespace byollm {

/// Whether another change, or what shows one, may wait behind `waiting` others.
constexpr bool may_wait_behind(size_t waiting) noexcept {
  return waiting < limits::changes_waiting_max;
}

/// What one too many is told.
inline failure too_many_changes() {
  failure why{errc::overloaded, "too many changes of settings are under way"};
  why.retry_after = limits::busy_retry;
  return why;
}

} // namespace byollm
