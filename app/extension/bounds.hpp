// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

/// The bounds of extensions and loops in C++; twins of those in
/// app/python/byollm/limits.py.
namespace byollm::limits {

/// Tools of one reply that run at a time.
inline constexpr size_t tools_at_a_time = 16;
/// Of what a tool answers; the rest is cut.
inline constexpr size_t tool_result_bytes_max = 256u << 10;

/// A loop with a time has at most this.
inline constexpr auto run_time_max = std::chrono::hours{24};

} // namespace byollm::limits
