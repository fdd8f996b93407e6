// SPDX-License-Identifier: Apache-2.0
#include "app/schema/whole_number.hpp"

#include <cmath>

namespace byollm {

std::optional<int64_t> as_whole(double value) noexcept {
  if (std::trunc(value) != value || std::fabs(value) > exact_integer_max)
    return std::nullopt;
  return static_cast<int64_t>(value);
}

} // namespace byollm
