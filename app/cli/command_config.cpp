// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/key_input.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

struct config_arguments {
  bool platform = false;
  bool second_choice = false;
  std::string provider = {};
  std::string model = {};
  std::string base_url = {};
  std::string embedding_model = {};
  std::string fallback = "error";
  bool key_stdin = false;
  bool no_key = false;
  bool keep_key = false;
  bool enabled = false;
  bool disabled = false;
};

using arguments_ptr = std::shared_ptr<config_arguments>;

void name_owner(request& to, const options& opts,
                const config_arguments& args) {
  if (args.platform)
    to.text("whose", "platform");
  else if (args.second_choice)
    to.text("whose", "second_choice");
  else
    to.text("whose", "user")
      .text("tenant", opts.tenant)
      .text("user", opts.user);
}

// Adds the key as the arguments say: none, the stored one, or a new one.
status add_key(request& to, const config_arguments& args) {
  if (args.no_key)
    to.flag("no_key", true);
  if (args.no_key || args.keep_key)
    return unit{};
  auto key = args.key_stdin || !stdin_is_terminal() ? key_from_stdin()
                                                    : key_from_prompt();
  if (!key)
    return key.error();
  to.text("key", view(*key));
  return unit{};
}

void print_notices(const rapidjson::Value& view) {
  auto notices = view.FindMember("notices");
  if (notices == view.MemberEnd() || !notices->value.IsArray())
    return;
  for (const auto& notice : notices->value.GetArray())
    std::cerr << "byollm: note: " << printable(notice.GetString()) << '\n';
}

int set(const options& opts, const config_arguments& args) {
  request what{"config.set"};
  name_owner(what, opts, args);
  what.text("provider", args.provider)
    .text("model", args.model)
    .text_if("base_url", args.base_url)
    .text_if("embedding_model", args.embedding_model)
    .text("fallback", args.fallback);
  if (args.enabled || args.disabled)
    what.flag("enabled", args.enabled);
  if (auto added = add_key(what, args); !added)
    return report(opts, added.error());
  auto end = run(opts, what);
  if (end.ok)
    print_notices(end.value);
  return print_end(opts, end,
                   end.ok && end.value.HasMember("provider") ? print_settings
                                                             : say("saved"));
}

int show(const options& opts, const config_arguments& args) {
  request what{"config.show"};
  name_owner(what, opts, args);
  return run_and_print(opts, what, print_settings);
}

int remove(const options& opts, const config_arguments& args) {
  request what{"config.rm"};
  name_owner(what, opts, args);
  return run_and_print(opts, what, say("removed, key included"));
}

int disable(const options& opts, bool disabled) {
  request what{"config.disable"};
  what.text("tenant", opts.tenant).text("user", opts.user);
  what.flag("disabled", disabled);
  return run_and_print(opts, what,
                       say(disabled ? "disabled; for turns that open from now"
                                    : "enabled; for turns that open from now"));
}

void add_whose(CLI::App& app, const arguments_ptr& args) {
  auto platform = app.add_flag("--platform", args->platform,
                               "The platform's LLM instead of the user's");
  app
    .add_flag("--second-choice", args->second_choice,
              "The LLM that answers when the platform's fails")
    ->excludes(platform);
}

void add_set(CLI::App& config, chosen_command& chosen,
             const arguments_ptr& args) {
  auto app = config.add_subcommand("set", "Store an LLM: provider, model, key");
  add_whose(*app, args);
  app
    ->add_option("--provider", args->provider,
                 "anthropic, openai (or what speaks like it), local-ollama")
    ->required();
  app->add_option("--model", args->model, "Model name as the provider has it")
    ->required();
  app->add_option("--base-url", args->base_url,
                  "Only if it is not the provider's own");
  app->add_option("--embedding-model", args->embedding_model,
                  "Makes vectors of texts, if not the provider's own choice");
  auto input = app->add_flag("--key-stdin", args->key_stdin,
                             "Read the key from stdin (the default if stdin is "
                             "no terminal)");
  auto none = app->add_flag("--no-key", args->no_key,
                            "This LLM takes no key (a local Ollama)");
  auto keep = app->add_flag("--keep-key", args->keep_key,
                            "Keep the stored key; needs the same origin");
  none->excludes(input)->excludes(keep);
  keep->excludes(input);
  app
    ->add_option("--fallback", args->fallback,
                 "When this LLM fails: error (default), or platform: the "
                 "platform answers, and bills")
    ->check(CLI::IsMember({"error", "platform"}));
  auto on = app->add_flag("--enabled", args->enabled,
                          "Switch it on; without this or --disabled one that "
                          "is off stays off");
  app->add_flag("--disabled", args->disabled, "Store it switched off")
    ->excludes(on);
  app->footer(
    "The key never is an argument: others could see it in the process list.\n"
    "  byollm config set --provider anthropic --model claude-sonnet-4-5\n"
    "      asks for the key, without echo\n"
    "  pass show openai | byollm config set --provider openai --model "
    "gpt-4.1\n"
    "  byollm config set --provider local-ollama --model llama3.2 --no-key "
    "\\\n"
    "      --base-url http://127.0.0.1:11434   (after: byollm origin allow)");
  app->callback([&chosen, args] {
    chosen = [args](const options& opts) { return set(opts, *args); };
  });
}

void add_plain(CLI::App& config, chosen_command& chosen,
               const arguments_ptr& args, const char* name, const char* help,
               int (*run_it)(const options&, const config_arguments&)) {
  auto app = config.add_subcommand(name, help);
  add_whose(*app, args);
  app->callback([&chosen, args, run_it] {
    chosen
      = [args, run_it](const options& opts) { return run_it(opts, *args); };
  });
}

void add_switch(CLI::App& config, chosen_command& chosen, const char* name,
                const char* help, bool disabled) {
  config.add_subcommand(name, help)->callback([&chosen, disabled] {
    chosen = [disabled](const options& x) { return disable(x, disabled); };
  });
}

} // namespace

void add_config(CLI::App& app, chosen_command& chosen) {
  auto config = app.add_subcommand(
    "config", "Your own LLM, or with --platform the platform's");
  config->require_subcommand(1);
  auto args = std::make_shared<config_arguments>();
  add_set(*config, chosen, args);
  add_plain(*config, chosen, args, "show", "Show what is stored, without key",
            show);
  add_plain(*config, chosen, args, "rm", "Delete it, key included", remove);
  add_config_list(*config, chosen);
  add_switch(*config, chosen, "disable",
             "As an admin: keep --user's own LLM from answering", true);
  add_switch(*config, chosen, "enable", "As an admin: let it answer again",
             false);
  add_config_test(*config, chosen);
}

} // namespace byollm::cli
