// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/worker.hpp"
#include "messages/expected.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace byollm::service {

/// One run of an extension's function.
struct invocation {
  std::string id = {};
  std::string extension = {};
  /// As it was checked: only a worker that offers the very same runs it.
  offered_function function = {};
  /// The data of the `invoke` event.
  std::string event_json = {};
  /// Told once: the result as JSON, or why there is none.
  std::function<void(expected<std::string>)> done = {};
};

} // namespace byollm::service
