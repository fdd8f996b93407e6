// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace byollm::test {

/// What one JSON text has that another has not.
struct added_value {
  std::string pointer;
  /// As JSON; empty: a member that is gone.
  std::string value;
};

/// Returns what of `with` is not in `without`: the highest values that were
/// added or changed, and members that are gone. Elements of arrays that are in
/// both are not, wherever they stand.
std::vector<added_value> difference(std::string_view without,
                                    std::string_view with);

} // namespace byollm::test
