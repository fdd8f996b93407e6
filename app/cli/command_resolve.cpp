// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/parameter_options.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <memory>

namespace byollm::cli {

namespace {

struct resolve_arguments {
  bool explain = false;
  std::string purpose = {};
  parameters params = {};
};

void print_plan(std::ostream& to, const rapidjson::Value& plan, bool explain) {
  to << "answers   " << text_of(plan, "provider") << ' '
     << text_of(plan, "model") << " at " << text_of(plan, "origin")
     << "\nwhose     "
     << (flag_of(plan, "is_byollm") ? "the user's own LLM"
                                    : "the platform's LLM")
     << "\nbill      " << text_of(plan, "billing") << '\n';
  if (!explain)
    return;
  to << "why\n";
  for (const auto& reason : plan["reasons"].GetArray())
    to << "  " << printable(reason.GetString()) << '\n';
  to << "parameters\n";
  print_params(to, plan["params"], "  ");
}

int resolve(const options& opts, const resolve_arguments& args) {
  request what{"resolve"};
  what.who(opts).text_if("purpose", args.purpose).params("params", args.params);
  auto print = [&args](std::ostream& to, const rapidjson::Value& plan) {
    print_plan(to, plan, args.explain);
  };
  return run_and_print(opts, what, print);
}

} // namespace

void add_resolve(CLI::App& app, chosen_command& chosen) {
  auto args = std::make_shared<resolve_arguments>();
  auto sub = app.add_subcommand("resolve",
                                "Say who would answer a call, without calling");
  sub->add_flag("--explain", args->explain,
                "With each decision, and the rung that sets each parameter");
  sub->add_option("--purpose", args->purpose, "Purpose of the call");
  add_parameter_options(*sub, args->params);
  sub->footer("It is the very plan that a call would run on.\n"
              "  byollm resolve --explain --purpose chain_narrator");
  sub->callback([&chosen, args] {
    chosen = [args](const options& opts) { return resolve(opts, *args); };
  });
}

} // namespace byollm::cli
