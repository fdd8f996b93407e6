// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace byollm::load {

/// Counts a ledger's rows: every attempt needs one intent and, after it, one
/// outcome.
class ledger_count {
public:
  void add(const ledger_row& row);

  /// Adds one row by its parts.
  void add(std::string_view type, std::string call, std::string_view attempt,
           std::string_view status);

  size_t intents = 0;
  size_t outcomes = 0;
  size_t successes = 0;
  size_t refusals = 0;
  /// Outcomes that nobody recorded in time.
  size_t unknown = 0;

  /// Rows that break the rule: a second intent or outcome, an outcome before
  /// its intent.
  size_t misplaced = 0;

  /// Attempts whose outcome is missing.
  size_t open() const noexcept {
    return open_.size();
  }

private:
  // Whether there is an outcome yet is whether the entry is gone; those that
  // are closed are not kept, so a second intent shows as a count too high.
  std::unordered_map<std::string, bool> open_;
};

} // namespace byollm::load
