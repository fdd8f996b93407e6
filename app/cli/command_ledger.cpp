// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/link.hpp"
#include "app/cli/print.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

struct ledger_arguments {
  std::string turn = {};
  uint64_t from = 0;
  uint64_t limit = 30;
  bool all_tenants = false;
};

int list(const options& opts, const ledger_arguments& args) {
  request what{"ledger.list"};
  auto newest = args.from == 0;
  what.text_if("turn", args.turn)
    .number("limit", args.limit)
    .flag("newest_first", newest);
  if (!args.all_tenants)
    what.text("tenant", opts.tenant);
  if (!newest)
    what.number("from_seq", args.from);
  auto end = run(opts, what);
  if (!end.ok)
    return report(opts, end);
  // People read downwards: the newest rows, but in order.
  if (newest)
    std::reverse(end.value.Begin(), end.value.End());
  if (opts.json)
    print_json(std::cout, end.value);
  else
    print_rows(std::cout, end.value);
  return exit_ok;
}

int verify(const options& opts) {
  request what{"ledger.verify"};
  auto end = run(opts, what);
  if (!end.ok)
    return report(opts, end);
  auto intact = flag_of(end.value, "intact");
  if (opts.json)
    print_json(std::cout, end.value);
  else
    print_verdict(intact ? std::cout : std::cerr, end.value);
  return intact ? exit_ok : exit_failure;
}

} // namespace

void add_ledger(CLI::App& app, chosen_command& chosen) {
  auto ledger = app.add_subcommand(
    "ledger", "Every call and every change, as it was recorded");
  ledger->require_subcommand(1);
  auto args = std::make_shared<ledger_arguments>();
  auto sub = ledger->add_subcommand("list", "Show the newest rows");
  sub->add_option("--turn", args->turn, "Only this chat turn's");
  sub->add_option("--from", args->from, "From this sequence number upwards");
  sub->add_option("--limit", args->limit, "At most so many (default 30)")
    ->check(CLI::Range(1, 10'000));
  sub->add_flag("--all-tenants", args->all_tenants,
                "Of every tenant, and the platform's changes");
  sub->callback([&chosen, args] {
    chosen = [args](const options& opts) { return list(opts, *args); };
  });
  ledger->add_subcommand("verify", "Recompute every hash; 1 if anything is off")
    ->callback([&chosen] { chosen = verify; });
}

} // namespace byollm::cli
