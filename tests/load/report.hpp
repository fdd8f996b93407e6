// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/load/rivals.hpp"
#include "tests/load/run.hpp"

#include <string>
#include <vector>

namespace byollm::load {

/// One repetition's figures of one contender; a table shows their medians.
struct figures {
  double per_second = 0;
  double cpu_us = 0;
  double p50_us = 0;
  double p99_us = 0;
};

figures figures_of(rival_result what);

/// Latencies and times per turn. Takes the latencies' order.
figures figures_of(run_result& what);

/// Collects repetitions and prints the medians beside each other.
class table {
public:
  void add(const std::string& row, const figures& one);

  figures medians(const std::string& row) const;

  void print() const;

  /// Prints `over`'s CPU per piece as a multiple of `under`'s, if both ran: the
  /// median over repetitions of the ratio within one.
  void print_ratio(const std::string& over, const std::string& under) const;

private:
  const std::vector<figures>* find(const std::string& row) const;

  std::vector<std::pair<std::string, std::vector<figures>>> rows_;
};

/// Prints what a table has no column for: ends, memory, streams, ledger.
void print_details(const scenario& load, run_result& what);

} // namespace byollm::load
