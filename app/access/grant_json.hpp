// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/access.hpp"
#include "messages/expected.hpp"

#include <string>
#include <string_view>

namespace byollm {

/// What a call token carries beside the grant.
struct token_claims {
  /// The ledger's id: a token of one runtime is nothing at another.
  std::string audience = {};
  uint32_t generation = 0;
  /// The run of the process that made a single-use token; else empty.
  std::string run = {};
  call_grant grant = {};
};

/// Returns the payload of a call token, one JSON object.
std::string to_json(const token_claims& claims);

/// Reads what `to_json` wrote. Errors: `unauthenticated`.
expected<token_claims> claims_of(std::string_view json);

} // namespace byollm
