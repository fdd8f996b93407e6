// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/dialects.hpp"
#include "app/standin/options.hpp"

#include <cstdint>

namespace byollm::standin {

/// Answers one request in the dialect of its path.
http_answer route(const http_request& request, uint64_t serial,
                  model_list models);

} // namespace byollm::standin
