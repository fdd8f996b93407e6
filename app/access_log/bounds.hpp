// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

/// The bounds of the access log.
namespace byollm::limits {

/// Lines that wait for their writer; more are lost, and counted.
inline constexpr size_t access_queue_bytes = 1u << 20;
/// How long, and up to how much, lines are gathered for one write.
inline constexpr auto access_gather_time = std::chrono::milliseconds{20};
inline constexpr size_t access_gather_bytes = 256u << 10;
/// How often losses are logged, at most.
inline constexpr auto access_losses_told_every = std::chrono::seconds{10};
/// How long the end waits for a place that takes no line.
inline constexpr auto access_end_patience = std::chrono::seconds{2};

} // namespace byollm::limits
