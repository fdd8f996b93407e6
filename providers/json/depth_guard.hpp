// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"
#include "providers/json/document.hpp"

#include <rapidjson/rapidjson.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace byollm::json {

/// Stops the reader before it recurses too deep; hands the rest to `Next`.
/// RapidJSON's own number conversion is not used: it overflows an `int` on long
/// exponents.
template <class Next>
class depth_guard {
public:
  explicit depth_guard(Next& next) noexcept : next_(next) {
    // nop
  }

  bool stopped() const noexcept {
    return stopped_;
  }

  bool Null() {
    return one() && next_.Null();
  }

  bool Bool(bool flag) {
    return one() && next_.Bool(flag);
  }

  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    return one() && next_.Number({digits, size});
  }

  bool String(const char* text, rapidjson::SizeType size, bool) {
    return one() && next_.String({text, size});
  }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    return next_.Key({text, size});
  }

  bool StartObject() {
    return deeper() && next_.StartObject();
  }

  bool EndObject(rapidjson::SizeType) {
    --depth_;
    return next_.EndObject();
  }

  bool StartArray() {
    return deeper() && next_.StartArray();
  }

  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return next_.EndArray();
  }

  // The number flags keep the reader from ever calling these.
  bool Int(int) {
    return false;
  }

  bool Uint(unsigned) {
    return false;
  }

  bool Int64(int64_t) {
    return false;
  }

  bool Uint64(uint64_t) {
    return false;
  }

  bool Double(double) {
    return false;
  }

private:
  bool one() noexcept {
    values_ += next_.counts_values() ? 1 : 0;
    stopped_ = values_ > document_values_max;
    return !stopped_;
  }

  bool deeper() noexcept {
    if (!one())
      return false;
    stopped_ = ++depth_ > limits::json_depth_max;
    return !stopped_;
  }

  Next& next_;
  size_t depth_ = 0;
  size_t values_ = 0;
  bool stopped_ = false;
};

} // namespace byollm::json
