// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <memory>

namespace byollm::cli {

namespace {

struct origin_arguments {
  std::string url = {};
  bool platform = false;
};

using arguments_ptr = std::shared_ptr<origin_arguments>;

// The platform's list is kept under the empty tenant.
std::string_view tenant_of(const options& opts, const origin_arguments& args) {
  return args.platform ? std::string_view{} : std::string_view{opts.tenant};
}

int allow(const options& opts, const origin_arguments& args, bool allowed) {
  request what{"origin.allow"};
  what.text("tenant", tenant_of(opts, args))
    .text("url", args.url)
    .flag("allowed", allowed);
  return run_and_print(opts, what,
                       say(allowed ? "allowed" : "no longer allowed"));
}

void print_origins(std::ostream& to, const rapidjson::Value& origins) {
  for (const auto& origin : origins.GetArray())
    to << printable(origin.GetString()) << '\n';
  if (origins.Empty())
    to << "none beside public https\n";
}

int list(const options& opts, const origin_arguments& args) {
  request what{"origin.list"};
  what.text("tenant", tenant_of(opts, args));
  return run_and_print(opts, what, print_origins);
}

CLI::App* add(CLI::App& parent, const arguments_ptr& args, const char* name,
              const char* help) {
  auto app = parent.add_subcommand(name, help);
  app->add_flag("--platform", args->platform,
                "For the platform's keys instead of the tenant's");
  return app;
}

} // namespace

void add_origin(CLI::App& app, chosen_command& chosen) {
  auto origin = app.add_subcommand(
    "origin", "Where keys may go besides public https: the admin's list");
  origin->require_subcommand(1);
  auto args = std::make_shared<origin_arguments>();
  auto allowing = add(*origin, args, "allow", "Allow a URL's origin");
  allowing->add_option("URL", args->url, "http://127.0.0.1:11434")->required();
  allowing->callback([&chosen, args] {
    chosen = [args](const options& x) { return allow(x, *args, true); };
  });
  auto removing = add(*origin, args, "rm", "Allow it no longer");
  removing->add_option("URL", args->url, "As it was allowed")->required();
  removing->callback([&chosen, args] {
    chosen = [args](const options& x) { return allow(x, *args, false); };
  });
  add(*origin, args, "list", "Show the list")->callback([&chosen, args] {
    chosen = [args](const options& x) { return list(x, *args); };
  });
}

} // namespace byollm::cli
