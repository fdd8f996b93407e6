// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace byollm::service {

/// One run of an extension's function.
struct invocation {
  std::string id = {};
  std::string extension = {};
  std::string function = {};
  /// The data of the `invoke` event.
  std::string event_json = {};
  /// Told once: the result as JSON, or why there is none.
  std::function<void(expected<std::string>)> done = {};
};

} // namespace byollm::service
