// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidjson/document.h>

#include <compare>
#include <cstdint>
#include <variant>

namespace byollm {

/// A number of a JSON text; a whole one is an integer however it is written,
/// see `as_whole`.
using json_number = std::variant<int64_t, uint64_t, double>;

json_number number_of(const rapidjson::Value& value);

bool is_integer(const json_number& what) noexcept;

std::partial_ordering compare(const json_number& one,
                              const json_number& other) noexcept;

/// `of` is over 0.
bool is_multiple(const json_number& what, const json_number& of) noexcept;

} // namespace byollm
