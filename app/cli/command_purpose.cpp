// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/parameter_options.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

struct purpose_arguments {
  std::string name = {};
  std::string for_extension = {};
  bool global = false;
  bool ceiling = false;
  bool clear = false;
  parameters values = {};
};

std::string_view scope_of(const purpose_arguments& args) {
  return args.global                   ? "global"
         : args.ceiling                ? "ceiling"
         : !args.for_extension.empty() ? "extension"
                                       : "purpose";
}

int set(const options& opts, const purpose_arguments& args) {
  auto chosen = int{args.global} + int{args.ceiling}
                + int{!args.for_extension.empty()} + int{!args.name.empty()};
  auto empty = args.values == parameters{};
  if (chosen != 1 || empty != args.clear) {
    std::cerr << "byollm: name one of NAME, --for-extension, --global, "
                 "--ceiling, and at least one parameter (or --clear)\n";
    return exit_usage;
  }
  request what{"purpose.set"};
  what.text("scope", scope_of(args))
    .text_if("name", args.name.empty() ? args.for_extension : args.name)
    .params("values", args.values);
  return run_and_print(opts, what, say(args.clear ? "removed" : "saved"));
}

std::string values_text(const rapidjson::Value& values) {
  std::string out;
  for (const auto& member : values.GetObject()) {
    out += out.empty() ? "" : "  ";
    out += printable(member.name.GetString()) + "=" + json_of(member.value);
  }
  return out.empty() ? "-" : out;
}

void add_entries(table& to, const char* scope,
                 const rapidjson::Value& entries) {
  for (const auto& entry : entries.GetObject())
    to.add(
      {scope, printable(entry.name.GetString()), values_text(entry.value)});
}

void print_parameters(std::ostream& to, const rapidjson::Value& view) {
  table rows{{"rung", "name", "parameters"}};
  add_entries(rows, "extension", view["per_extension"]);
  add_entries(rows, "purpose", view["per_purpose"]);
  rows.add({"global", "", values_text(view["global"])});
  rows.add({"ceiling", "", values_text(view["ceilings"])});
  rows.print(to);
}

int list(const options& opts) {
  request what{"purpose.list"};
  return run_and_print(opts, what, print_parameters);
}

void add_set(CLI::App& purpose, chosen_command& chosen) {
  auto args = std::make_shared<purpose_arguments>();
  auto app = purpose.add_subcommand(
    "set", "Set parameters of a purpose; replaces its whole entry");
  app->add_option("NAME", args->name, "Purpose, for example chain_narrator");
  app->add_option("--for-extension", args->for_extension,
                  "Parameters of an extension instead");
  app->add_flag("--global", args->global, "Parameters of every call instead");
  app->add_flag("--ceiling", args->ceiling,
                "Upper bounds instead: higher values are lowered to them");
  app->add_flag("--clear", args->clear, "Remove the entry");
  add_parameter_options(*app, args->values);
  app->footer("First set wins: call, extension, purpose, global, provider.\n"
              "  byollm purpose set chain_narrator --temperature 0.4\n"
              "  byollm purpose set --global --max-tokens 1000\n"
              "  byollm purpose set --ceiling --max-tokens 4000\n"
              "  byollm purpose set chain_narrator --clear");
  app->callback([&chosen, args] {
    chosen = [args](const options& opts) { return set(opts, *args); };
  });
}

} // namespace

void add_purpose(CLI::App& app, chosen_command& chosen) {
  auto purpose = app.add_subcommand(
    "purpose", "The admin's parameters: per purpose, extension, global");
  purpose->require_subcommand(1);
  add_set(*purpose, chosen);
  purpose->add_subcommand("list", "Show all of them")->callback([&chosen] {
    chosen = list;
  });
}

} // namespace byollm::cli
