// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace byollm::json {

/// Appends JSON to a string. Strings are escaped and made well-formed; commas
/// are its own business. Who calls it keeps begins and ends paired.
class writer {
public:
  /// Ownership: `out` must outlive the writer.
  explicit writer(std::string& out) noexcept : out_(out) {
    // nop
  }

  writer& begin_object();
  writer& end_object();
  writer& begin_array();
  writer& end_array();
  writer& key(std::string_view name);
  writer& string(std::string_view text);

  /// Appends a JSON text that `check` accepted.
  writer& checked(std::string_view text);

  writer& null();
  writer& boolean(bool flag);
  writer& number(int64_t number);

  /// Appends the shortest form that reads back as `number`; `null` if it is not
  /// finite, since JSON has no other.
  writer& number(double number);

  // -- members ----------------------------------------------------------------

  writer& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }

  writer& member(std::string_view name, std::same_as<bool> auto flag) {
    return key(name).boolean(flag);
  }

private:
  void separate();

  std::string& out_;
};

} // namespace byollm::json
