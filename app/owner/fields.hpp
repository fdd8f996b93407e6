// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <rapidjson/document.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::owner {

/// Reads the members of one request. The first wrong member is remembered and
/// every later read returns a harmless value, so that an operation reads all it
/// wants and asks `problem` once. Borrows the object.
class fields {
public:
  explicit fields(const rapidjson::Value& object) : in_(object) {
    // nop
  }

  /// Returns a text that must be there and not be empty.
  std::string text(const char* name);

  std::string text_or(const char* name, std::string_view otherwise);

  /// Returns a text that may be missing; an empty one is not missing.
  std::optional<std::string> maybe_text(const char* name);

  /// Returns one of `choices`; the first if the member is missing.
  std::string choice(const char* name,
                     std::initializer_list<std::string_view> choices);

  bool flag(const char* name, bool otherwise = false);

  std::optional<uint64_t> number(const char* name);

  /// Returns a day, written `YYYY-MM-DD`.
  std::optional<std::chrono::sys_days> day(const char* name);

  /// Returns a list of texts, which may be missing.
  std::optional<std::vector<std::string>> texts(const char* name);

  parameters params(const char* name);

  /// Returns the conversation: `messages` of `{role, text}`, or one `message`.
  std::vector<chat_message> conversation();

  /// Reads the parameters that stand beside the other members.
  parameters params_here();

  /// Returns a member of any kind, or null. Borrowed.
  const rapidjson::Value* find(const char* name);

  /// Says that `name` is wrong; the first that is said counts.
  void refuse(const char* name, std::string detail);

  /// Returns the first wrong member, else the first that nobody asked for.
  std::optional<failure> problem() const;

private:
  const rapidjson::Value& in_;
  std::vector<std::string_view> known_ = {"op"};
  std::optional<failure> first_;
};

} // namespace byollm::owner
