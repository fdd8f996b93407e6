// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
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

} // namespace byollm::json
