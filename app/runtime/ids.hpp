// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace byollm {

/// Returns a new UUIDv7 in its usual text form: sortable by time, not
/// guessable.
std::string new_uuid();

/// Returns a number in [0, 1), for jitter only.
double jitter();

} // namespace byollm
