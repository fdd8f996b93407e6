// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace byollm {

/// Up to here a double tells each integer from its neighbours: 2^53.
inline constexpr double exact_integer_max = 9'007'199'254'740'992;

/// Returns the integer that a number with a point or an exponent is. JSON
/// Schema knows no other 5.0 than 5 since draft 6, and models write it. Nothing
/// beyond `exact_integer_max`, where it would be a guess.
std::optional<int64_t> as_whole(double value) noexcept;

} // namespace byollm
