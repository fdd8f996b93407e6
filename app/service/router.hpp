// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/parts.hpp"

namespace byollm::service {

/// Finds who is calling and the route that is meant, and reads the body.
/// Refused: an unknown path (404), another method (405), no or a wrong token
/// (401), one that may not do this (403), a body that is no JSON object (400).
void route(parts& of, const http::exchange_ptr& at);

} // namespace byollm::service
