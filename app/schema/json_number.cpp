// SPDX-License-Identifier: Apache-2.0
#include "app/schema/json_number.hpp"

#include "app/schema/whole_number.hpp"

#include <cmath>
#include <utility>

namespace byollm {

namespace {

double as_double(const json_number& what) noexcept {
  return std::visit([](auto x) { return static_cast<double>(x); }, what);
}

uint64_t magnitude(const json_number& whole) noexcept {
  if (const auto* positive = std::get_if<uint64_t>(&whole))
    return *positive;
  auto value = std::get<int64_t>(whole);
  return value < 0 ? 0 - static_cast<uint64_t>(value)
                   : static_cast<uint64_t>(value);
}

} // namespace

json_number number_of(const rapidjson::Value& value) {
  if (value.IsInt64())
    return value.GetInt64();
  if (value.IsUint64())
    return value.GetUint64();
  auto real = value.GetDouble();
  if (auto whole = as_whole(real))
    return *whole;
  return real;
}

bool is_integer(const json_number& what) noexcept {
  return !std::holds_alternative<double>(what);
}

std::partial_ordering compare(const json_number& one,
                              const json_number& other) noexcept {
  if (!is_integer(one) || !is_integer(other))
    return as_double(one) <=> as_double(other);
  // What an int64_t does not hold is above all that it does.
  const auto* signed_one = std::get_if<int64_t>(&one);
  const auto* signed_other = std::get_if<int64_t>(&other);
  if (signed_one && signed_other)
    return *signed_one <=> *signed_other;
  if (signed_one || signed_other)
    return signed_one ? std::partial_ordering::less
                      : std::partial_ordering::greater;
  return std::get<uint64_t>(one) <=> std::get<uint64_t>(other);
}

bool is_multiple(const json_number& what, const json_number& of) noexcept {
  if (is_integer(what) && is_integer(of))
    return magnitude(what) % magnitude(of) == 0;
  // 0.3 is three times 0.1 for whoever writes it, if not in binary.
  auto times = as_double(what) / as_double(of);
  return std::fabs(times - std::round(times))
         <= 1e-9 * std::max(1.0, std::fabs(times));
}

} // namespace byollm
