// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/ports/vault.hpp"

#include <memory>
#include <string_view>

namespace byollm {

/// Copies a key that somebody entered into locked memory, until it is stored.
/// `entered` stays the caller's, who wipes it. Errors: `invalid_key` over
/// `limits::key_bytes_max`; `overloaded` while `limits::entered_keys_max` are
/// there; `unavailable` without locked memory. Thread: any.
expected<std::shared_ptr<const opened_key>>
lock_entered_key(std::string_view entered);

} // namespace byollm
