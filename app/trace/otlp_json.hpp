// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/trace/span.hpp"

#include <span>
#include <string>

namespace byollm::trace {

/// Returns an OTLP export request in its JSON form: ids in hex, 64-bit numbers
/// as text, enumerations as numbers.
std::string otlp_json(std::span<const span> spans);

} // namespace byollm::trace
