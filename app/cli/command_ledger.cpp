// SPDX-License-Identifier: Apache-2.0
#include "app/cli/anchor_lines.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/ledger_options.hpp"
#include "app/cli/print.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

struct ledger_arguments {
  std::string call = {};
  std::string anchor = {};
  std::string format = "proof";
  uint64_t from = 0;
  uint64_t limit = 30;
  uint64_t since_records = 0;
};

int print_list(const options& opts, request& what, bool newest) {
  auto end = run(opts, what);
  // People read downwards: the newest rows, but in order.
  if (end.ok && newest)
    std::reverse(end.value.Begin(), end.value.End());
  return print_end(opts, end, print_rows);
}

int list(const options& opts, const ledger_arguments& args,
         const ledger_choice& choice) {
  request what{"ledger.list"};
  auto newest = args.from == 0;
  choice.put(opts, what);
  what.number("limit", args.limit).flag("newest_first", newest);
  if (!newest)
    what.number("from_seq", args.from);
  return print_list(opts, what, newest);
}

int show(const options& opts, const ledger_arguments& args) {
  request what{"ledger.list"};
  what.text("call", args.call).text("tenant", opts.tenant);
  auto end = run(opts, what);
  if (end.ok && end.value.Empty())
    return report(opts,
                  failure{errc::not_found,
                          "no record of this call is in the ledger", "call"});
  return print_end(opts, end, print_whole_rows);
}

int stats(const options& opts, const ledger_choice& choice) {
  request what{"ledger.stats"};
  choice.put(opts, what);
  return run_and_print(opts, what, print_stats);
}

int verify(const options& opts, const ledger_arguments& args) {
  request what{"ledger.verify"};
  if (!args.anchor.empty()) {
    auto anchors = read_anchor_lines(args.anchor);
    if (!anchors)
      return report(opts, anchors.error());
    if (anchors->left_out > 0)
      std::cerr << "byollm: the oldest " << anchors->left_out << " lines of "
                << args.anchor << " are too much for one request and were "
                << "left out; byollm-verify takes all, with an export\n";
    what.text("anchors", anchors->text);
  }
  auto print = [](std::ostream& to, const rapidjson::Value& verdict) {
    print_verdict(flag_of(verdict, "intact") ? to : std::cerr, verdict);
  };
  return run_and_print(opts, what, print, "intact");
}

int prove(const options& opts, const ledger_arguments& args) {
  if (args.call.empty() == (args.since_records == 0)) {
    std::cerr << "byollm: name a call, or --since RECORDS\n";
    return exit_usage;
  }
  request what{"ledger.prove"};
  if (args.call.empty())
    what.number("since", args.since_records);
  else
    what.text("tenant", opts.tenant).text("call", args.call);
  auto end = run(opts, what);
  if (!end.ok)
    return report(opts, end);
  for (const auto& proof : end.value.GetArray())
    std::cout << proof.GetString();
  return exit_ok;
}

} // namespace

void add_ledger(CLI::App& app, chosen_command& chosen) {
  auto ledger = app.add_subcommand(
    "ledger", "Every call and every change, as it was recorded");
  ledger->require_subcommand(1);
  auto args = std::make_shared<ledger_arguments>();
  auto choice = std::make_shared<ledger_choice>();
  auto add = [&](const char* name, const char* does, auto runs) {
    auto sub = ledger->add_subcommand(name, does);
    sub->callback([&chosen, args, choice, runs] {
      chosen = [args, choice, runs](const options& opts) {
        return runs(opts, *args, *choice);
      };
    });
    return sub;
  };
  auto sub = add("list", "Show the newest rows", list);
  add_choice(*sub, choice);
  sub->add_option("--from", args->from, "From this sequence number upwards");
  sub->add_option("--limit", args->limit, "At most so many (default 30)")
    ->check(CLI::Range(1, 10'000));
  sub = add("show", "Show everything about one call",
            [](auto& opts, auto& with, auto&) { return show(opts, with); });
  sub->add_option("call", args->call, "The call's id")->required();
  sub
    = add("stats", "Count attempts and tokens by day, bill, provider, purpose",
          [](auto& opts, auto&, auto& of) { return stats(opts, of); });
  add_choice(*sub, choice);
  sub = add("export", "Print the ledger to stdout, for byollm-verify or tools",
            [](auto& opts, auto& with, auto& of) {
              return export_ledger(opts, of, with.format);
            });
  add_choice(*sub, choice);
  sub
    ->add_option("--format", args->format,
                 "proof (default; what does not match is withheld), jsonl, csv")
    ->check(CLI::IsMember({"proof", "jsonl", "csv"}));
  sub = add("prove", "Prove a call's records under a signed checkpoint",
            [](auto& opts, auto& with, auto&) { return prove(opts, with); });
  sub->add_option("call", args->call, "The call's id");
  sub->add_option("--since", args->since_records,
                  "Instead: that the ledger extends its first so many records");
  sub = add("verify", "Recompute every hash; 1 if anything is off",
            [](auto& opts, auto& with, auto&) { return verify(opts, with); });
  sub->add_option("--anchor", args->anchor,
                  "Compare with the checkpoints in this anchor file, too");
}

} // namespace byollm::cli
