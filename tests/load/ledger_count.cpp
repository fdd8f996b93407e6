// SPDX-License-Identifier: Apache-2.0
#include "tests/load/ledger_count.hpp"

namespace byollm::load {

namespace {

std::string_view find(const ledger_row& row, std::string_view name) {
  for (const auto& [key, value] : row.fields)
    if (key == name)
      return value;
  return {};
}

} // namespace

void ledger_count::add(const ledger_row& row) {
  add(row.type, std::string{find(row, "call")}, find(row, "attempt"),
      find(row, "status"));
}

void ledger_count::add(std::string_view type, std::string call,
                       std::string_view attempt, std::string_view status) {
  auto key = std::move(call) + '#' + std::string{attempt};
  if (type == "intent") {
    ++intents;
    misplaced += open_.emplace(std::move(key), true).second ? 0 : 1;
  } else if (type == "outcome") {
    ++outcomes;
    successes += status == "success" ? 1 : 0;
    unknown += status == "unknown" ? 1 : 0;
    misplaced += open_.erase(key) == 1 ? 0 : 1;
  } else if (type == "refusal") {
    ++refusals;
  }
}

} // namespace byollm::load
