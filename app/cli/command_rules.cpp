// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"

#include "messages/limits.hpp"

#include <memory>
#include <optional>
#include <string>

namespace byollm::cli {

namespace {

struct rule_arguments {
  std::string when_disabled = {};
  std::string naming = {};
  std::optional<uint64_t> ambiguous_retries = {};
};

void print_rules(std::ostream& to, const rapidjson::Value& rules) {
  auto refuses
    = [&](const char* name) { return text_of(rules, name) == "refuse"; };
  to << "a user's LLM that the admin disabled    "
     << (refuses("when_disabled") ? "the call is refused\n"
                                  : "the platform answers, and bills\n")
     << "a call that names another model         "
     << (flag_of(rules, "caller_may_name_model") ? "has it\n" : "is refused\n")
     << "an attempt that may have been answered  "
     << (number_of(rules, "ambiguous_retries") > 0
           ? "is made once more, and may be paid twice\n"
           : "is not made again\n")
     << "a platform call without a price         "
     << (refuses("unknown_price") ? "is refused\n"
                                  : "is recorded as unpriced\n");
}

int run_rules(const options& opts, const rule_arguments& args) {
  auto changes = !args.when_disabled.empty() || !args.naming.empty()
                 || args.ambiguous_retries;
  request what{changes ? "rules.set" : "rules.show"};
  what.text_if("when_disabled", args.when_disabled);
  if (!args.naming.empty())
    what.flag("caller_may_name_model", args.naming == "allow");
  if (args.ambiguous_retries)
    what.number("ambiguous_retries", *args.ambiguous_retries);
  if (changes)
    return run_and_print(opts, what,
                         say("saved; for turns that open from now"));
  return run_and_print(opts, what, print_rules);
}

} // namespace

void add_rules(CLI::App& policy, chosen_command& chosen) {
  auto args = std::make_shared<rule_arguments>();
  auto app = policy.add_subcommand(
    "rules", "Show the platform's rules, or set those that are named");
  app
    ->add_option("--when-disabled", args->when_disabled,
                 "Whose own LLM the admin disabled is answered by the platform "
                 "(default), which bills, or refused: platform or refuse")
    ->check(CLI::IsMember({"platform", "refuse"}));
  app
    ->add_option("--naming", args->naming,
                 "Whether calls may name another model: allow or refuse")
    ->check(CLI::IsMember({"allow", "refuse"}));
  app
    ->add_option("--ambiguous-retries", args->ambiguous_retries,
                 "Attempts more after a connection died with the request under "
                 "way: 1 (default) or 0")
    ->check(CLI::Range(uint64_t{0}, uint64_t{limits::ambiguous_retries}));
  app->callback([&chosen, args] {
    chosen = [args](const options& opts) { return run_rules(opts, *args); };
  });
}

} // namespace byollm::cli
