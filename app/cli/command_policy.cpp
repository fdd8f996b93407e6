// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <iostream>
#include <memory>
#include <optional>

namespace byollm::cli {

namespace {

struct policy_arguments {
  std::string extension = {};
  std::vector<std::string> purposes = {};
  bool no_purpose = false;
  std::vector<std::string> models = {};
  std::optional<uint64_t> calls = {};
  std::optional<uint64_t> tokens = {};
};

using arguments_ptr = std::shared_ptr<policy_arguments>;

int set(const options& opts, const policy_arguments& args) {
  auto purposes = args.purposes;
  if (args.no_purpose)
    purposes.emplace_back();
  request what{"policy.set"};
  what.text("extension", args.extension)
    .texts_if("purposes", purposes)
    .texts_if("models", args.models);
  if (args.calls)
    what.number("calls_per_day", *args.calls);
  if (args.tokens)
    what.number("tokens_per_day", *args.tokens);
  return run_and_print(opts, what, say("saved; for turns that open from now"));
}

int remove(const options& opts, const policy_arguments& args) {
  request what{"policy.remove"};
  what.text("extension", args.extension);
  return run_and_print(opts, what, say("removed"));
}

std::string cell(const rapidjson::Value& policy, const char* name) {
  auto found = policy.FindMember(name);
  if (found == policy.MemberEnd())
    return "any";
  if (!found->value.IsArray())
    return json_of(found->value);
  std::string out;
  for (const auto& each : found->value.GetArray()) {
    std::string text{each.GetString()};
    out += (out.empty() ? "" : " ")
           + (text.empty() ? std::string{"(none)"} : printable(text));
  }
  return out.empty() ? "nothing" : out;
}

void print_policies(std::ostream& to, const rapidjson::Value& all) {
  table rows{{"extension", "purposes", "models", "calls a user and day",
              "tokens a user and day"}};
  for (const auto& entry : all.GetObject())
    rows.add({printable(entry.name.GetString()), cell(entry.value, "purposes"),
              cell(entry.value, "models"), cell(entry.value, "calls_per_day"),
              cell(entry.value, "tokens_per_day")});
  rows.print(to);
}

int list(const options& opts) {
  request what{"policy.list"};
  return run_and_print(opts, what, print_policies);
}

int set_naming(const options& opts, const std::string& policy) {
  request what{"policy.naming"};
  what.text("policy", policy);
  return run_and_print(opts, what, say("set"));
}

void add_naming(CLI::App& policy, chosen_command& chosen) {
  auto chosen_policy = std::make_shared<std::string>();
  auto app = policy.add_subcommand(
    "naming", "Whether calls may name another model of the LLM that answers");
  app
    ->add_option("POLICY", *chosen_policy,
                 "allow; or refuse, which is the default")
    ->required()
    ->check(CLI::IsMember({"allow", "refuse"}));
  app->callback([&chosen, chosen_policy] {
    chosen = [chosen_policy](const options& opts) {
      return set_naming(opts, *chosen_policy);
    };
  });
}

void add_set(CLI::App& policy, chosen_command& chosen) {
  auto args = std::make_shared<policy_arguments>();
  auto app = policy.add_subcommand(
    "set", "Bound an extension; replaces its whole policy");
  app
    ->add_option("EXTENSION", args->extension,
                 "Its name, or * for all that have no policy of their own")
    ->required();
  app->add_option("--purpose", args->purposes,
                  "A purpose that its calls may name; repeat for more");
  app->add_flag("--without-purpose", args->no_purpose,
                "Calls without a purpose, too");
  app->add_option("--model", args->models,
                  "A model that may answer it, or a beginning and *; repeat "
                  "for more");
  app->add_option("--calls", args->calls, "Calls for each user and day (UTC)");
  app->add_option("--tokens", args->tokens,
                  "Tokens, input and output, for each user and day (UTC)");
  app->footer(
    "  byollm policy set notes --purpose summary --calls 100 --tokens 200000\n"
    "  byollm policy set '*' --model 'claude-*' --model gpt-4.1\n"
    "  byollm policy rm notes");
  app->callback([&chosen, args] {
    chosen = [args](const options& opts) { return set(opts, *args); };
  });
}

} // namespace

void add_policy(CLI::App& app, chosen_command& chosen) {
  auto policy = app.add_subcommand(
    "policy", "What extensions may do: purposes, models, calls, tokens");
  policy->require_subcommand(1);
  add_set(*policy, chosen);
  add_naming(*policy, chosen);
  add_rules(*policy, chosen);
  auto args = std::make_shared<policy_arguments>();
  auto removal = policy->add_subcommand("rm", "Remove an extension's policy");
  removal->add_option("EXTENSION", args->extension, "Its name, or *")
    ->required();
  removal->callback([&chosen, args] {
    chosen = [args](const options& opts) { return remove(opts, *args); };
  });
  policy->add_subcommand("list", "Show all of them")->callback([&chosen] {
    chosen = list;
  });
}

} // namespace byollm::cli
