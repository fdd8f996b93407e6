// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"
#include "providers/json/writer.hpp"

#include <vector>

namespace byollm::kinds {

/// Appends "thinking", and what "output_config" says of effort and format.
/// Models up to Claude 4.5 take a number of tokens, later ones an effort; what
/// the model cannot be told goes to `losses`.
/// Errors: `invalid_request` if the format's schema is no JSON object, or
/// `max_tokens` leaves no room to think.
status append_thinking(json::writer& to, const encode_input& in,
                       std::vector<loss>& losses);

} // namespace byollm::kinds
