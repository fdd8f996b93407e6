// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/owner/fields.hpp"

#include <chrono>
#include <string>

namespace byollm::owner {

/// What somebody wants a call token for, and for how long.
struct asked_grant {
  call_grant grant = {};
  /// Bounded, so that it can be counted with; minting refuses one too long.
  std::chrono::seconds ttl = {};
};

/// Reads what a call token is to grant, all but the function it comes from.
/// `in.problem` tells what is wrong.
asked_grant read_grant(fields& in);

/// Reads where a chat turn comes from.
turn_source read_source(fields& in);

/// Returns the token with its id, turn and end.
std::string render(const call_token& token);

} // namespace byollm::owner
