// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <string>

namespace byollm::daemon {

/// Has the master keys that the service manager handed over as the credential
/// "byollm.master_key" stand in the environment variable `variable`, which
/// whoever reads them there wipes. Does nothing without such a credential, or
/// if the variable is set. Errors: `invalid_config`, without a byte of it.
/// Before any thread starts.
status take_master_keys(const std::string& variable);

} // namespace byollm::daemon
