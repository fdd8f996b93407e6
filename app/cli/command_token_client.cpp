// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include "messages/calendar.hpp"
#include "messages/limits.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace byollm::cli {

namespace {

struct client_arguments {
  std::string extension = {};
  std::vector<std::string> purposes = {};
  std::optional<uint64_t> days = {};
};

// Only the token, so that it can go into a variable or a file.
void print_token(std::ostream& to, const rapidjson::Value& made) {
  to << made["token"].GetString() << '\n';
}

void print_tokens(std::ostream& to, const rapidjson::Value& tokens) {
  if (tokens.Empty())
    to << "no client tokens; make one with `byollm token client`\n";
  for (const auto& token : tokens.GetArray()) {
    to << text_of(token, "id") << "  " << text_of(token, "tenant") << '/'
       << text_of(token, "user") << " as " << text_of(token, "extension");
    for (const auto& purpose : token["purposes"].GetArray())
      to << " for " << printable(purpose.GetString());
    if (token.HasMember("expires_unix_ms"))
      to << " until " << day_text(utc_day(token["expires_unix_ms"].GetInt64()));
    to << '\n';
  }
}

// Said behind the command, else before it; a client is no part of the CLI.
std::string extension_of(const options& opts, const client_arguments& args) {
  if (!args.extension.empty())
    return args.extension;
  return opts.extension == options{}.extension ? "api" : opts.extension;
}

int add(const options& opts, const client_arguments& args) {
  request what{"client_token.add"};
  what.text("tenant", opts.tenant).text("user", opts.user);
  what.text("extension", extension_of(opts, args));
  what.texts_if("purposes", args.purposes);
  if (args.days)
    what.number("days", *args.days);
  return run_and_print(opts, what, print_token);
}

int list(const options& opts, bool all) {
  request what{"client_token.list"};
  if (!all)
    what.text("tenant", opts.tenant).text("user", opts.user);
  return run_and_print(opts, what, print_tokens);
}

int revoke(const options& opts, const std::string& id) {
  request what{"client_token.revoke"};
  what.text("id", id);
  return run_and_print(opts, what, say("revoked"));
}

int revoke_all(const options& opts) {
  request what{"client_token.revoke_all"};
  what.text("tenant", opts.tenant).text("user", opts.user);
  return run_and_print(opts, what, say("all of them are revoked"));
}

} // namespace

void add_client_tokens(CLI::App& token, chosen_command& chosen) {
  auto args = std::make_shared<client_arguments>();
  auto adding = token.add_subcommand(
    "client", "Make a client token: with it, the official clients of OpenAI "
              "and Anthropic call the LLM of --tenant and --user; it is shown "
              "this once");
  adding->add_option("--extension", args->extension,
                     "Who the ledger and the policies say it is; default api");
  adding->add_option("--purpose", args->purposes,
                     "A purpose that it may name; any if none is given");
  adding
    ->add_option("--days", args->days, "Days until it expires; default never")
    ->check(CLI::Range(1u, limits::client_token_days_max));
  adding->callback([&chosen, args] {
    chosen = [args](const options& x) { return add(x, *args); };
  });
  auto all = std::make_shared<bool>(false);
  auto listing = token.add_subcommand(
    "clients", "List the client tokens of --tenant and --user");
  listing->add_flag("--all", *all, "Of everybody");
  listing->callback([&chosen, all] {
    chosen = [all](const options& x) { return list(x, *all); };
  });
  auto id = std::make_shared<std::string>();
  auto revoking
    = token.add_subcommand("revoke-client", "Refuse a client token");
  revoking->add_option("ID", *id, "As `token clients` shows it")->required();
  revoking->callback([&chosen, id] {
    chosen = [id](const options& x) { return revoke(x, *id); };
  });
  token
    .add_subcommand("revoke-clients",
                    "Refuse all client tokens of --tenant and --user")
    ->callback([&chosen] { chosen = revoke_all; });
}

} // namespace byollm::cli
