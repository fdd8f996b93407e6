// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace byollm::load {

/// What the process had used by a moment.
struct usage {
  std::chrono::steady_clock::time_point at = {};
  /// User and system time of all threads.
  std::chrono::microseconds cpu{0};
};

usage usage_now() noexcept;

/// Bytes of memory that the process holds now.
size_t resident_bytes();

/// Lets the calling thread, and those it starts from now on, run on these cores
/// only. Does nothing with an empty list.
void pin(const std::vector<int>& cores);

/// Returns the number below which `share` of the samples lie; 0 without any.
/// Sorts a part of `samples`.
uint32_t percentile(std::vector<uint32_t>& samples, double share);

double median(std::vector<double> values);

/// A span that a stretch of work took, per piece of it.
struct span {
  double seconds = 0;
  double cpu_us = 0;

  span(const usage& from, const usage& to);

  double rate(size_t pieces) const;
  double cpu_per(size_t pieces) const;
};

} // namespace byollm::load
