// SPDX-License-Identifier: Apache-2.0
#include "tests/load/run.hpp"

namespace byollm::load {

namespace {

status wrong(std::string what) {
  return failure{errc::unavailable, std::move(what)};
}

} // namespace

status judge(const scenario& load, const run_result& what) {
  const auto& log = what.log;
  const auto& ledger = what.ledger;
  auto calls = (load.turns + load.warmup_turns) * load.calls_per_turn;
  if (log.unexpected > 0)
    return wrong(std::to_string(log.unexpected)
                 + " calls did not end as they had to; the first: "
                 + log.first_unexpected);
  if (log.calls != calls)
    return wrong(std::to_string(log.calls) + " calls were answered, not "
                 + std::to_string(calls));
  if (!what.ledger_intact)
    return wrong("the ledger does not verify: " + what.ledger_problem);
  if (auto open = ledger.open() + ledger.unknown; open + ledger.misplaced > 0)
    return wrong("the ledger has " + std::to_string(open)
                 + " attempts without an outcome, and "
                 + std::to_string(ledger.misplaced) + " misplaced rows");
  auto good = log.ends.find(errc::none);
  auto answered = good == log.ends.end() ? 0 : good->second;
  if (ledger.successes != answered)
    return wrong("the ledger has " + std::to_string(ledger.successes)
                 + " successes, the callers " + std::to_string(answered));
  if (ledger.outcomes + ledger.refusals < calls)
    return wrong("the ledger has fewer rows than there were calls");
  return unit{};
}

} // namespace byollm::load
