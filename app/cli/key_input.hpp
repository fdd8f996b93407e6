// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/wiped_bytes.hpp"

#include "messages/expected.hpp"

namespace byollm::cli {

/// Reads a key from stdin to its end, as it is. Errors: `invalid_key` if there
/// is none or it is too long to be one.
expected<wiped_bytes> key_from_stdin();

/// Asks for a key on the terminal, without echo. Errors: `invalid_key`, also
/// if there is no terminal.
expected<wiped_bytes> key_from_prompt();

} // namespace byollm::cli
