// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include "messages/limits.hpp"

#include <memory>
#include <optional>
#include <string>

namespace byollm::cli {

namespace {

struct list_arguments {
  std::string after = {};
  std::optional<uint64_t> limit = {};
};

std::string state_of(const rapidjson::Value& user) {
  if (!flag_of(user, "readable"))
    return "unreadable: the settings have to be entered again";
  if (flag_of(user, "admin_disabled"))
    return "disabled by the admin";
  return flag_of(user, "enabled") ? "on" : "off";
}

void print_users(std::ostream& to, const rapidjson::Value& page) {
  table rows{{"user", "provider", "model", "key", "state"}};
  for (const auto& user : page["users"].GetArray())
    rows.add({text_of(user, "user"), text_of(user, "provider"),
              text_of(user, "model"), flag_of(user, "has_key") ? "yes" : "no",
              state_of(user)});
  rows.print(to);
  if (flag_of(page, "has_more"))
    to << "there are more: --after "
       << text_of(page["users"][page["users"].Size() - 1], "user") << '\n';
}

int list(const options& opts, const list_arguments& args) {
  request what{"config.list"};
  what.text("tenant", opts.tenant).text_if("after", args.after);
  if (args.limit)
    what.number("limit", *args.limit);
  return run_and_print(opts, what, print_users);
}

} // namespace

void add_config_list(CLI::App& config, chosen_command& chosen) {
  auto args = std::make_shared<list_arguments>();
  auto app = config.add_subcommand(
    "list", "Users of --tenant who have an LLM of their own, by name");
  app->add_option("--after", args->after, "Go on behind this user");
  app->add_option("--limit", args->limit, "At most so many")
    ->check(CLI::Range(uint64_t{1}, uint64_t{limits::users_listed_max}));
  app->callback([&chosen, args] {
    chosen = [args](const options& opts) { return list(opts, *args); };
  });
}

} // namespace byollm::cli
