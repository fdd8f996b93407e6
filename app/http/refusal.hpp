// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace byollm::http {

/// Why the server itself does not take a request; status 0: it does.
struct refusal {
  int status = 0;
  /// One sentence that lives for ever and needs no escaping.
  std::string_view why = {};

  explicit operator bool() const noexcept {
    return status != 0;
  }
};

} // namespace byollm::http
