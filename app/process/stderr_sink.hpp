// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace spdlog::sinks {
class sink;
} // namespace spdlog::sinks

namespace byollm {

/// Returns a sink that writes to stderr and waits for nobody: whoever logs is a
/// loop, and a reader that stopped (a container's, a service manager's) must
/// not stop it. A line is written at once where that needs no wait; else it
/// waits, with up to `limits::access_queue_bytes` of others, for a thread of
/// its own. What finds no room is lost, and `lost_line` says so there. A
/// terminal is written as spdlog does, in colour.
std::shared_ptr<spdlog::sinks::sink>
make_stderr_sink(std::function<std::string(uint64_t lost)> lost_line);

} // namespace byollm
