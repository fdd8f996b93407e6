// SPDX-License-Identifier: Apache-2.0
#include "tests/load/ledger_reading.hpp"

namespace byollm::load {

namespace {

constexpr size_t rows_per_read = 10'000;

} // namespace

expected<ledger_reading> read_ledger(runtime_options options) {
  options.loops = 1;
  auto reader = runtime::start(std::move(options));
  if (!reader)
    return reader.error();
  auto admin = (*reader)->admin();
  auto verdict = admin.ledger_verify().get();
  if (!verdict)
    return verdict.error();
  ledger_reading result;
  result.is_intact = verdict->intact;
  result.problem = verdict->problem;
  for (uint64_t next = 1;;) {
    auto rows = admin.ledger_list("", "", next, rows_per_read, false).get();
    if (!rows)
      return rows.error();
    if (rows->empty())
      return result;
    for (const auto& row : *rows)
      result.rows.add(row);
    next = rows->back().seq + 1;
  }
}

status judge_all_answered(const ledger_reading& what, size_t calls) {
  auto wrong = [](std::string why) {
    return failure{errc::unavailable, std::move(why)};
  };
  if (!what.is_intact)
    return wrong("the ledger does not verify: " + what.problem);
  const auto& rows = what.rows;
  if (rows.intents != calls || rows.successes != calls)
    return wrong("of " + std::to_string(calls) + " calls, the ledger has "
                 + std::to_string(rows.intents) + " intents and "
                 + std::to_string(rows.successes) + " successes");
  if (rows.outcomes != calls
      || rows.refusals + rows.misplaced + rows.open() > 0)
    return wrong("the ledger has rows that no call explains");
  return unit{};
}

} // namespace byollm::load
