// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shape.hpp"

#include <concepts>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace byollm {

template <class T>
class fields;

/// A struct that says what its members are, by a function beside it:
///
///     struct summarize_params {
///       std::string text;
///       int max_words = 80;
///
///       friend void describe(byollm::fields<summarize_params>& are) {
///         are.required("text", &summarize_params::text, "What to shorten.");
///         are.optional("max_words", &summarize_params::max_words,
///                      "Target length.", {.minimum = 1});
///       }
///     };
template <class T>
concept described
  = std::is_class_v<T> && std::default_initializable<T> && requires(
    fields<T>& are) {
  describe(are);
};

/// Integers, but for those that are characters or truth values.
template <class T>
concept whole_number
  = std::integral<T> && !std::same_as<
      T,
      bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_maybe = false;
template <class T>
inline constexpr bool is_maybe<std::optional<T>> = true;

/// The bounds that values of a type may have; an optional's are its value's.
template <class T>
struct bounds_for {
  using type = no_bounds;
};
template <class T>
requires whole_number<T> || std::same_as<T, double>
struct bounds_for<T> {
  using type = number_bounds;
};
template <class T>
requires is_list<T> || std::same_as<T, std::string>
struct bounds_for<T> {
  using type = size_bounds;
};
template <class T>
struct bounds_for<std::optional<T>> : bounds_for<T> {};
template <class T>
using bounds_of = typename bounds_for<T>::type;

/// The structs that are being described, from the innermost outwards.
struct nesting {
  const std::type_info& type;
  const nesting* outer = nullptr;
};

/// Returns the shape of `T`: std::string, bool, an integer, double,
/// std::vector, std::optional, or a described struct.
template <class T>
shape_ptr shape_of(bounds_of<T> within = {}, const nesting* inside = nullptr);

/// Takes the description of a `T`. The order is kept.
template <class T>
class fields {
public:
  fields(object_shape& to, const nesting& here) : to_(to), here_(here) {
    // nop
  }

  /// A member that must be given.
  template <class Member, class Owner>
  requires std::derived_from<T, Owner>
  void required(std::string name, Member Owner::*member,
                std::string description, bounds_of<Member> within = {}) {
    static_assert(!is_maybe<Member>, "an optional need not be given");
    add(std::move(name), member, std::move(description), true, within);
  }

  /// A member that keeps its initial value if it is not given.
  template <class Member, class Owner>
  requires std::derived_from<T, Owner>
  void optional(std::string name, Member Owner::*member,
                std::string description, bounds_of<Member> within = {}) {
    add(std::move(name), member, std::move(description), false, within);
  }

private:
  template <class Member, class Owner>
  void add(std::string name, Member Owner::*member, std::string description,
           bool required, bounds_of<Member> within) {
    to_.members.push_back({std::move(name), std::move(description), required,
                           shape_of<Member>(within, &here_),
                           [member](void* object) -> void* {
                             return &(static_cast<T*>(object)->*member);
                           }});
  }

  object_shape& to_;
  const nesting& here_;
};

// -- from here on: how a shape is made ----------------------------------------

template <whole_number T, class From>
bool set_integer(void* to, From value) {
  if (!std::in_range<T>(value))
    return false;
  *static_cast<T*>(to) = static_cast<T>(value);
  return true;
}

template <whole_number T>
integer_shape integer_shape_of(number_bounds within) {
  return {within, std::is_signed_v<T>, set_integer<T, int64_t>,
          set_integer<T, uint64_t>, [](const void* from) {
            return static_cast<uint64_t>(*static_cast<const T*>(from));
          }};
}

template <class List>
list_shape list_shape_of(size_bounds within, const nesting* inside) {
  using element = typename List::value_type;
  static_assert(!std::same_as<element, bool>,
                "a std::vector<bool> has no elements to point at");
  static_assert(!is_maybe<element>, "a list has no gaps");
  return {
    within,
    shape_of<element>({}, inside),
    [](void* list) { static_cast<List*>(list)->clear(); },
    [](void* list) -> void* {
      return &static_cast<List*>(list)->emplace_back();
    },
    [](const void* list) { return static_cast<const List*>(list)->size(); },
    [](const void* list, size_t index) -> const void* {
      return &(*static_cast<const List*>(list))[index];
    }};
}

template <class Maybe>
maybe_shape maybe_shape_of(bounds_of<Maybe> within, const nesting* inside) {
  using value = typename Maybe::value_type;
  static_assert(!is_maybe<value>, "JSON has one null");
  return {
    shape_of<value>(within, inside),
    [](void* maybe) { static_cast<Maybe*>(maybe)->reset(); },
    [](void* maybe) -> void* { return &static_cast<Maybe*>(maybe)->emplace(); },
    [](const void* maybe) -> const void* {
      const auto& held = *static_cast<const Maybe*>(maybe);
      return held ? &*held : nullptr;
    }};
}

inline bool is_inside(const nesting* inside, const std::type_info& type) {
  for (; inside; inside = inside->outer)
    if (inside->type == type)
      return true;
  return false;
}

template <described T>
object_shape object_shape_of(const nesting* inside) {
  object_shape made;
  made.make = []() -> std::shared_ptr<void> { return std::make_shared<T>(); };
  made.is_endless = is_inside(inside, typeid(T));
  nesting here{typeid(T), inside};
  fields<T> are{made, here};
  if (!made.is_endless)
    describe(are);
  return made;
}

template <class T>
shape_ptr shape_of(bounds_of<T> within, const nesting* inside) {
  if constexpr (std::same_as<T, std::string>)
    return std::make_shared<const shape>(shape{text_shape{within}});
  else if constexpr (std::same_as<T, bool>)
    return std::make_shared<const shape>(shape{flag_shape{}});
  else if constexpr (std::same_as<T, double>)
    return std::make_shared<const shape>(shape{number_shape{within}});
  else if constexpr (whole_number<T>)
    return std::make_shared<const shape>(shape{integer_shape_of<T>(within)});
  else if constexpr (is_list<T>)
    return std::make_shared<const shape>(
      shape{list_shape_of<T>(within, inside)});
  else if constexpr (is_maybe<T>)
    return std::make_shared<const shape>(
      shape{maybe_shape_of<T>(within, inside)});
  else {
    static_assert(described<T>, "this type has no JSON: a struct needs a "
                                "describe(byollm::fields<T>&) beside it");
    return std::make_shared<const shape>(shape{object_shape_of<T>(inside)});
  }
}

/// What has a shape.
template <class T>
concept shaped
  = std::same_as<T, std::string> || std::same_as<T, bool> || std::same_as<
    T, double> || whole_number<T> || is_list<T> || is_maybe<T> || described<T>;

/// Renders a value as JSON. Errors: as `to_json` of its shape.
template <shaped T>
expected<std::string> to_json(const T& value) {
  static const auto like = shape_of<T>();
  return to_json(*like, &value);
}

} // namespace byollm
