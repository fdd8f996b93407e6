// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"

#include <memory>
#include <string>

namespace byollm::cli {

namespace {

struct login_arguments {
  bool admin = false;
  std::string name = {};
};

// Only the link, so that it can go into a variable or a message.
void print_link(std::ostream& to, const rapidjson::Value& made) {
  to << made["url"].GetString() << '\n';
}

int make_link(const options& opts, const login_arguments& args) {
  request what{"login.link"};
  if (args.admin)
    what.flag("admin", true).text_if("name", args.name);
  else
    what.text("tenant", opts.tenant).text("user", opts.user);
  return run_and_print(opts, what, print_link);
}

} // namespace

void add_login_link(CLI::App& app, chosen_command& chosen) {
  auto args = std::make_shared<login_arguments>();
  auto sub = app.add_subcommand(
    "login-link", "Make a link to byollmd's pages: for --tenant and --user, or "
                  "for an admin; good for 5 minutes and one use");
  auto admin = sub->add_flag("--admin", args->admin, "To the admin's page");
  sub
    ->add_option("--name", args->name,
                 "Who the admin is, for the ledger; default \"admin\"")
    ->needs(admin);
  sub->callback([&chosen, args] {
    chosen = [args](const options& x) { return make_link(x, *args); };
  });
}

} // namespace byollm::cli
