// SPDX-License-Identifier: Apache-2.0
#include "providers/dialect.hpp"

namespace byollm {

std::string_view response_head::field(std::string_view name) const noexcept {
  for (auto& known : fields)
    if (known.name == name)
      return known.value;
  return {};
}

} // namespace byollm
