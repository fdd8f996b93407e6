// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "errors.hpp"

#include <utility>
#include <variant>

namespace byollm {

/// Holds a `T` or the `failure` that kept us from one (`std::expected` is
/// C++23).
template <class T>
class [[nodiscard]] expected {
public:
  expected(T value) : state_(std::in_place_index<0>, std::move(value)) {
    // nop
  }

  expected(failure why) : state_(std::in_place_index<1>, std::move(why)) {
    // nop
  }

  explicit operator bool() const noexcept {
    return state_.index() == 0;
  }

  bool has_value() const noexcept {
    return state_.index() == 0;
  }

  T& operator*() & {
    return std::get<0>(state_);
  }

  const T& operator*() const& {
    return std::get<0>(state_);
  }

  T&& operator*() && {
    return std::get<0>(std::move(state_));
  }

  T* operator->() {
    return &std::get<0>(state_);
  }

  const T* operator->() const {
    return &std::get<0>(state_);
  }

  const failure& error() const& {
    return std::get<1>(state_);
  }

  failure&& error() && {
    return std::get<1>(std::move(state_));
  }

private:
  std::variant<T, failure> state_;
};

/// Success without a value.
struct unit {};

using status = expected<unit>;

} // namespace byollm
