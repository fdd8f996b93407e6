// SPDX-License-Identifier: Apache-2.0
#include "tests/load/report.hpp"

#include <algorithm>
#include <cstdio>

namespace byollm::load {

namespace {

double micros(uint32_t nanos) {
  return nanos / 1e3;
}

figures latencies(std::vector<uint32_t>& samples) {
  figures result;
  result.p50_us = micros(percentile(samples, 0.50));
  result.p99_us = micros(percentile(samples, 0.99));
  return result;
}

double median_of(const std::vector<figures>& from, double figures::*what) {
  std::vector<double> values;
  for (const auto& each : from)
    values.push_back(each.*what);
  return median(std::move(values));
}

void print_streams(run_result& what) {
  auto& delays = what.log.chunk_delays_ns;
  auto chunks = static_cast<double>(what.log.chunks);
  std::printf("  chunks    %zu, %.0f/s, %.2f us CPU each (all of the turn's)",
              what.log.chunks, chunks / what.seconds, what.cpu_us / chunks);
  if (!delays.empty())
    std::printf(", delay p50 %.2f ms p99 %.2f ms",
                micros(percentile(delays, 0.50)) / 1e3,
                micros(percentile(delays, 0.99)) / 1e3);
  std::printf("\n");
}

} // namespace

figures figures_of(rival_result what) {
  auto result = latencies(what.latencies_ns);
  auto calls = static_cast<double>(what.calls);
  result.per_second = calls / what.seconds;
  result.cpu_us = what.cpu_us / calls;
  return result;
}

figures figures_of(run_result& what) {
  auto result = latencies(what.log.latencies_ns);
  auto turns = static_cast<double>(what.log.latencies_ns.size());
  result.per_second = turns / what.seconds;
  result.cpu_us = what.cpu_us / turns;
  return result;
}

// -- table --------------------------------------------------------------------

const std::vector<figures>* table::find(const std::string& row) const {
  auto at = std::find_if(rows_.begin(), rows_.end(),
                         [&](const auto& x) { return x.first == row; });
  return at == rows_.end() ? nullptr : &at->second;
}

void table::add(const std::string& row, const figures& one) {
  if (auto found = find(row))
    return const_cast<std::vector<figures>*>(found)->push_back(one);
  rows_.push_back({row, {one}});
}

figures table::medians(const std::string& row) const {
  auto found = find(row);
  if (!found)
    return {};
  return {median_of(*found, &figures::per_second),
          median_of(*found, &figures::cpu_us),
          median_of(*found, &figures::p50_us),
          median_of(*found, &figures::p99_us)};
}

void table::print() const {
  std::printf("  %-9s %10s %10s %10s %10s\n", "", "per second", "CPU us",
              "p50 us", "p99 us");
  for (const auto& [name, _] : rows_) {
    auto row = medians(name);
    std::printf("  %-9s %10.0f %10.2f %10.0f %10.0f\n", name.c_str(),
                row.per_second, row.cpu_us, row.p50_us, row.p99_us);
  }
}

void table::print_ratio(const std::string& over,
                        const std::string& under) const {
  auto top = find(over);
  auto bottom = find(under);
  if (!top || !bottom)
    return;
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(top->size(), bottom->size()); ++i)
    ratios.push_back((*top)[i].cpu_us / (*bottom)[i].cpu_us);
  std::printf("  CPU %s/%s %.2f\n", over.c_str(), under.c_str(),
              median(std::move(ratios)));
}

// -- details ------------------------------------------------------------------

void print_details(const scenario& load, run_result& what) {
  std::printf("  calls     %zu:", what.log.calls);
  for (auto [code, count] : what.log.ends)
    std::printf(" %zu %s", count,
                code == errc::none ? "answered" : to_string(code).data());
  std::printf("\n");
  if (what.log.chunks > 0)
    print_streams(what);
  if (what.resident_most > 0) {
    auto grown
      = what.resident_most - std::min(what.resident_before, what.resident_most);
    std::printf("  memory    %.1f MiB, %.1f KiB more per user at once than "
                "before the run\n",
                static_cast<double>(what.resident_most) / (1 << 20),
                static_cast<double>(grown) / 1024
                  / static_cast<double>(load.concurrency));
  }
  std::printf("  ledger    %s: %zu intents, %zu outcomes (%zu success), "
              "%zu refusals, %zu open\n",
              what.ledger_intact ? "verified" : "NOT INTACT",
              what.ledger.intents, what.ledger.outcomes, what.ledger.successes,
              what.ledger.refusals, what.ledger.open() + what.ledger.unknown);
}

} // namespace byollm::load
