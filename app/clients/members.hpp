// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::clients {

/// Reads the members of one object of a body; null is the same as missing. The
/// first wrong member is remembered, and every later read returns a harmless
/// value. Borrows the object.
class members {
public:
  /// `at` is where the object stands in the body: "messages.0".
  explicit members(const rapidjson::Value& object, std::string at = {})
      : in_(object), at_(std::move(at)) {
    known_.reserve(names_usual);
  }

  /// Returns a member of any kind, or null. Borrowed.
  const rapidjson::Value* find(std::string_view name);

  const rapidjson::Value* object(std::string_view name);
  const rapidjson::Value* array(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  std::string text_or(std::string_view name, std::string_view otherwise);

  /// Returns a text that must be there.
  std::string needed(std::string_view name);

  bool flag(std::string_view name, bool otherwise = false);
  std::optional<double> number(std::string_view name);
  std::optional<int64_t> integer(std::string_view name);

  /// Returns a list of texts, or one text as such a list.
  std::optional<std::vector<std::string>> texts(std::string_view name);

  /// Says that `name` is wrong; the first that is said counts.
  void refuse(std::string_view name, std::string detail);

  void refuse(failure why);

  /// Takes over what is wrong with an object inside of this one.
  void take_problem(const members& of);

  /// Where `name` stands in the body.
  std::string place_of(std::string_view name) const;

  const std::optional<failure>& problem() const noexcept {
    return first_;
  }

  bool is_known(std::string_view name) const;

  /// Returns the first member that nobody asked for and that says something;
  /// empty if there is none.
  std::string rest() const;

private:
  const rapidjson::Value& in_;
  std::string at_;
  /// That a reader of an object asks for.
  static constexpr size_t names_usual = 32;

  std::vector<std::string_view> known_;
  std::optional<failure> first_;
};

std::string_view view_of(const rapidjson::Value& text) noexcept;

} // namespace byollm::clients
