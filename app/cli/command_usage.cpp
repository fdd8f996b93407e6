// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "messages/calendar.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

struct usage_arguments {
  std::string day = {};
  std::string first_day = {};
  std::string last_day = {};
  std::string of_extension = {};
  std::string purpose = {};
  std::string billing = {};
  std::string provider = {};
  std::string model = {};
  bool of_user = false;
  bool all_tenants = false;
};

int show(const options& opts, const usage_arguments& args) {
  auto first = args.day.empty() ? args.first_day : args.day;
  auto last = args.day.empty() ? args.last_day : args.day;
  for (const auto& day : {first, last})
    if (!day.empty() && !parse_day(day)) {
      std::cerr << "byollm: a day is written as 2026-01-31\n";
      return exit_usage;
    }
  request what{"usage"};
  if (!args.all_tenants)
    what.text("tenant", opts.tenant);
  if (args.of_user)
    what.text("user", opts.user);
  what.text_if("first_day", first)
    .text_if("last_day", last)
    .text_if("extension", args.of_extension)
    .text_if("purpose", args.purpose)
    .text_if("billing", args.billing)
    .text_if("provider", args.provider)
    .text_if("model", args.model);
  return run_and_print(opts, what, print_usage);
}

} // namespace

void add_usage(CLI::App& app, chosen_command& chosen) {
  auto usage = app.add_subcommand(
    "usage", "Tokens and cost per day, user, extension, purpose and model");
  auto args = std::make_shared<usage_arguments>();
  usage->add_option("--day", args->day, "Only this UTC day, as 2026-01-31");
  usage->add_option("--first-day", args->first_day, "From this day on");
  usage->add_option("--last-day", args->last_day, "Up to this day, included");
  usage->add_option("--of-extension", args->of_extension, "Only one's");
  usage->add_option("--purpose", args->purpose, "Only this purpose's");
  usage->add_option("--bill", args->billing, "Only byollm or platform")
    ->check(CLI::IsMember({"byollm", "platform"}));
  usage->add_option("--provider", args->provider, "Only this provider's");
  usage->add_option("--model", args->model, "Only this model's");
  usage->add_flag("--all-tenants", args->all_tenants, "Of every tenant");
  usage->footer("Of one tenant; with --user of one user.\n"
                "  byollm usage --user me --day 2026-01-31\n"
                "  byollm usage --bill platform --all-tenants --json");
  usage->callback([&app, &chosen, args] {
    args->of_user = app.get_option("--user")->count() > 0;
    chosen = [args](const options& opts) { return show(opts, *args); };
  });
}

} // namespace byollm::cli
