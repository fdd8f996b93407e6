// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace byollm {

/// What a number keeps to, beside what its type can hold.
struct number_bounds {
  std::optional<double> minimum = {};
  std::optional<double> maximum = {};
};

/// How long a text (in characters) or a list (in elements) may be.
struct size_bounds {
  std::optional<uint32_t> minimum = {};
  std::optional<uint32_t> maximum = {};
};

/// Flags and structs have none.
struct no_bounds {};

/// What the values of a C++ type look like in JSON, and the way in and out of
/// one whose type is known by nobody else: a `void*` is always the type that
/// the shape was made of. Made by `shape_of`; nobody else needs to look inside.
struct shape;
using shape_ptr = std::shared_ptr<const shape>;

/// A std::string.
struct text_shape {
  size_bounds within = {};
};

/// A bool.
struct flag_shape {};

/// A double.
struct number_shape {
  number_bounds within = {};
};

/// A built-in integer of any width.
struct integer_shape {
  number_bounds within = {};
  bool is_signed = true;
  /// Return false, and change nothing, for what the type cannot hold.
  bool (*set_signed)(void* to, int64_t value) = nullptr;
  bool (*set_unsigned)(void* to, uint64_t value) = nullptr;
  /// A negative value comes as two's complement.
  uint64_t (*get)(const void* from) = nullptr;
};

/// A std::vector.
struct list_shape {
  size_bounds within = {};
  shape_ptr element = {};
  void (*clear)(void* list) = nullptr;
  void* (*append)(void* list) = nullptr;
  size_t (*size)(const void* list) = nullptr;
  const void* (*at)(const void* list, size_t index) = nullptr;
};

/// A std::optional; JSON's null is its nothing.
struct maybe_shape {
  shape_ptr value = {};
  void (*clear)(void* maybe) = nullptr;
  void* (*engage)(void* maybe) = nullptr;
  /// Returns null for nothing.
  const void* (*get)(const void* maybe) = nullptr;
};

/// A described struct.
struct object_shape {
  struct member {
    std::string name;
    std::string description;
    bool required = false;
    shape_ptr type;
    std::function<void*(void* object)> at;
  };
  std::vector<member> members = {};
  /// Makes one with its initial values.
  std::shared_ptr<void> (*make)() = nullptr;
  /// This very struct is being described further out, so there is no end to it.
  bool is_endless = false;
};

struct shape {
  std::variant<text_shape, flag_shape, number_shape, integer_shape, list_shape,
               maybe_shape, object_shape>
    is;
};

/// Renders a value of that shape. Errors: `invalid_request`, `parameter` being
/// a JSON Pointer to what has no JSON: a number that is not finite, a text that
/// is not UTF-8, or a struct without end.
BYOLLM_API expected<std::string> to_json(const shape& like, const void* value);

} // namespace byollm
