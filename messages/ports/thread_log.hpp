// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "log.hpp"

#include <string_view>

namespace byollm {

/// Names the log of the runtime that the calling thread belongs to.
void set_thread_log(log_fn to);

/// To be called where something of the host's was caught: logs that `what`
/// threw, and the exception's type, if this thread has a log. Not its text,
/// which may hold a secret.
void log_host_threw(std::string_view what) noexcept;

} // namespace byollm
