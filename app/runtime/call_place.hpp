// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/admission.hpp"

#include <atomic>
#include <optional>
#include <utility>

namespace byollm {

/// A place that was taken before the call it is for. Whoever calls first has
/// it; given back if nobody does. Thread-safe.
class call_place {
public:
  call_place(std::shared_ptr<admission> from, admission::tenant_ptr whose,
             admission::place taken)
      : from_(std::move(from)),
        whose_(std::move(whose)),
        place_(std::move(taken)) {
    // nop
  }

  /// Returns the place, once.
  std::optional<admission::place> use() noexcept {
    if (is_used_.exchange(true))
      return std::nullopt;
    auto taken = std::move(place_);
    place_.reset();
    return taken;
  }

  bool is_of(const admission& from, const admission::tenant& whose) const {
    return from_.get() == &from && whose_.get() == &whose;
  }

private:
  std::shared_ptr<admission> from_;
  admission::tenant_ptr whose_;
  std::atomic<bool> is_used_ = false;
  std::optional<admission::place> place_;
};

} // namespace byollm
