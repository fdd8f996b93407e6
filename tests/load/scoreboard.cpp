// SPDX-License-Identifier: Apache-2.0
#include "tests/load/scoreboard.hpp"

namespace byollm::load {

void driver_log::add(driver_log&& other) {
  latencies_ns.insert(latencies_ns.end(), other.latencies_ns.begin(),
                      other.latencies_ns.end());
  chunk_delays_ns.insert(chunk_delays_ns.end(), other.chunk_delays_ns.begin(),
                         other.chunk_delays_ns.end());
  calls += other.calls;
  measured_calls += other.measured_calls;
  streamed_calls += other.streamed_calls;
  chunks += other.chunks;
  for (auto [code, count] : other.ends)
    ends[code] += count;
  unexpected += other.unexpected;
  if (first_unexpected.empty())
    first_unexpected = std::move(other.first_unexpected);
}

} // namespace byollm::load
