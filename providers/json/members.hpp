// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::json {

/// A member of an object as it stands in the text: views into it.
struct raw_pair {
  /// Between the quotes; escapes are not resolved.
  std::string_view name;
  std::string_view value;
};

/// Returns the members of a JSON object in their order; nothing if `text` is no
/// JSON object within the limits of `check`.
std::optional<std::vector<raw_pair>> members_of(std::string_view text);

/// Returns the elements of a JSON array in their order; nothing if `text` is
/// none within the limits of `check`.
std::optional<std::vector<std::string_view>> elements_of(std::string_view text);

/// Returns the value of the member called `name`; empty if there is none.
std::string_view member_of(std::string_view object, std::string_view name);

/// Returns `object` with `value`, a JSON text, as its member `name`.
/// `object` must be a JSON object.
std::string with_member(std::string_view object, std::string_view name,
                        std::string_view value);

} // namespace byollm::json
