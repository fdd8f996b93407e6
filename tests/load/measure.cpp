// SPDX-License-Identifier: Apache-2.0
#include "tests/load/measure.hpp"

#include <algorithm>
#include <fstream>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace byollm::load {

namespace {

std::chrono::microseconds micros(const timeval& from) {
  return std::chrono::seconds{from.tv_sec}
         + std::chrono::microseconds{from.tv_usec};
}

} // namespace

usage usage_now() noexcept {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {std::chrono::steady_clock::now(),
          micros(used.ru_utime) + micros(used.ru_stime)};
}

size_t resident_bytes() {
  size_t all = 0;
  size_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

void pin(const std::vector<int>& cores) {
  if (cores.empty())
    return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (auto core : cores)
    CPU_SET(static_cast<size_t>(core), &set);
  ::sched_setaffinity(0, sizeof(set), &set);
}

uint32_t percentile(std::vector<uint32_t>& samples, double share) {
  if (samples.empty())
    return 0;
  auto last = static_cast<double>(samples.size() - 1);
  auto at = samples.begin() + static_cast<std::ptrdiff_t>(last * share);
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

span::span(const usage& from, const usage& to)
    : seconds(std::chrono::duration<double>(to.at - from.at).count()),
      cpu_us(static_cast<double>((to.cpu - from.cpu).count())) {
  // nop
}

double span::rate(size_t pieces) const {
  return seconds > 0 ? static_cast<double>(pieces) / seconds : 0;
}

double span::cpu_per(size_t pieces) const {
  return pieces > 0 ? cpu_us / static_cast<double>(pieces) : 0;
}

} // namespace byollm::load
