// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include "messages/access.hpp"

#include <memory>
#include <optional>
#include <string>

namespace byollm::cli {

namespace {

struct mint_arguments {
  std::string kind = "chat_fn";
  std::string purpose = {};
  std::optional<uint64_t> calls = {};
  std::optional<uint64_t> ttl = {};
  bool single_use = false;
};

// Only the token, so that it can go into a variable or a file.
void print_token(std::ostream& to, const rapidjson::Value& made) {
  to << made["token"].GetString() << '\n';
}

void print_tokens(std::ostream& to, const rapidjson::Value& tokens) {
  if (tokens.Empty())
    to << "no service tokens; make one with `byollm token add`\n";
  for (const auto& token : tokens.GetArray())
    to << printable(token["name"].GetString()) << "  "
       << token["scopes"].GetString()
       << (token.HasMember("extension")
             ? " for " + printable(token["extension"].GetString())
             : "")
       << '\n';
}

struct add_arguments {
  std::string name = {};
  std::string scopes = {};
  std::string extension = {};
};

int add(const options& opts, const add_arguments& args) {
  request what{"token.add"};
  what.text("name", args.name).text("scopes", args.scopes);
  what.text_if("extension", args.extension);
  return run_and_print(opts, what, print_token);
}

int revoke(const options& opts, const std::string& name) {
  request what{"token.revoke"};
  what.text("name", name);
  return run_and_print(opts, what, say("revoked"));
}

int list(const options& opts) {
  request what{"token.list"};
  return run_and_print(opts, what, print_tokens);
}

int rotate(const options& opts) {
  request what{"token.rotate"};
  return run_and_print(opts, what, say("rotated"));
}

int mint(const options& opts, const mint_arguments& args) {
  request what{"token.mint"};
  what.who(opts).text("kind", args.kind);
  if (!args.purpose.empty())
    what.texts("purposes", {args.purpose});
  if (args.calls)
    what.number("calls", *args.calls);
  if (args.ttl)
    what.number("ttl_s", *args.ttl);
  if (args.single_use)
    what.flag("single_use", true);
  return run_and_print(opts, what, print_token);
}

void add_minting(CLI::App& token, chosen_command& chosen) {
  auto args = std::make_shared<mint_arguments>();
  auto sub = token.add_subcommand(
    "mint", "Sign a call token: it calls the LLM of --tenant and --user as "
            "--extension, in one chat turn");
  sub->add_option("--kind", args->kind, "chat_fn, tool, panel or skeleton")
    ->check(CLI::IsMember({"chat_fn", "tool", "panel", "skeleton"}));
  sub->add_option("--purpose", args->purpose, "The one purpose it may name");
  sub->add_option("--calls", args->calls, "How many calls at most");
  sub->add_option("--ttl", args->ttl, "Seconds until it expires; default 300")
    ->check(CLI::Range(1, 3'600));
  sub->add_flag("--single-use", args->single_use, "Refuse a second use");
  sub->callback([&chosen, args] {
    chosen = [args](const options& x) { return mint(x, *args); };
  });
}

void add_adding(CLI::App& token, chosen_command& chosen) {
  auto args = std::make_shared<add_arguments>();
  auto sub = token.add_subcommand(
    "add", "Make a service token; it is shown this once");
  sub->add_option("NAME", args->name, "What it is for")->required();
  sub
    ->add_option("--scopes", args->scopes,
                 "What it may do, by commas: " + names_of_scopes(~0u))
    ->required();
  sub->add_option("--for", args->extension,
                  "With the scope extensions: the extension whose functions "
                  "it may offer; \"*\" for any");
  sub->callback([&chosen, args] {
    chosen = [args](const options& x) { return add(x, *args); };
  });
}

} // namespace

void add_token(CLI::App& app, chosen_command& chosen) {
  auto token = app.add_subcommand(
    "token", "Who may call the service: service tokens for programs, call "
             "tokens for extensions, client tokens for users' own programs");
  token->require_subcommand(1);
  add_adding(*token, chosen);
  token->add_subcommand("list", "List service tokens, without their text")
    ->callback([&chosen] { chosen = list; });
  auto name = std::make_shared<std::string>();
  auto revoking = token->add_subcommand("revoke", "Refuse a service token");
  revoking->add_option("NAME", *name, "As `token list` shows it")->required();
  revoking->callback([&chosen, name] {
    chosen = [name](const options& x) { return revoke(x, *name); };
  });
  add_minting(*token, chosen);
  add_client_tokens(*token, chosen);
  token
    ->add_subcommand("rotate", "Sign call tokens with a new secret; twice: "
                               "refuse all from before")
    ->callback([&chosen] { chosen = rotate; });
}

} // namespace byollm::cli
