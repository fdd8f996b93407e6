// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"
#include "messages/calendar.hpp"

#include <array>
#include <iostream>
#include <memory>
#include <utility>

namespace byollm::cli {

namespace {

constexpr std::array columns
  = {"input_uncached", "cache_read", "cache_write", "output"};

struct price_arguments {
  std::string provider = {};
  std::string model = {};
  std::string from = {};
  std::array<std::optional<uint64_t>, columns.size()> micro = {};
};

using arguments_ptr = std::shared_ptr<price_arguments>;

// Names the entry; returns whether its day is one.
bool name_entry(request& to, const price_arguments& args) {
  to.text("provider", args.provider).text("model", args.model);
  if (args.from.empty())
    return true;
  auto day = parse_day(args.from);
  if (!day || unix_ms_of(*day) < 0) {
    std::cerr << "byollm: --from is a day from 1970 on, as 2026-01-31\n";
    return false;
  }
  to.number("from_unix_ms", static_cast<uint64_t>(unix_ms_of(*day)));
  return true;
}

int set(const options& opts, const price_arguments& args) {
  request what{"price.set"};
  if (!name_entry(what, args))
    return exit_usage;
  for (size_t i = 0; i < columns.size(); ++i)
    if (args.micro[i])
      what.number(columns[i], *args.micro[i]);
  return run_and_print(opts, what, say("saved"));
}

int remove(const options& opts, const price_arguments& args) {
  request what{"price.remove"};
  if (!name_entry(what, args))
    return exit_usage;
  return run_and_print(opts, what, say("removed"));
}

int set_policy(const options& opts, const std::string& policy) {
  request what{"price.unknown"};
  what.text("policy", policy);
  return run_and_print(opts, what, say("saved"));
}

std::string day_of(const rapidjson::Value& price) {
  return day_text(utc_day(price["from_unix_ms"].GetInt64()));
}

void print_prices(std::ostream& to, const rapidjson::Value& view) {
  table out{{"provider", "model", "from", "version", "input", "cache read",
             "cache write", "output"}};
  for (const auto& price : view["prices"].GetArray()) {
    std::vector<std::string> cells{text_of(price, "provider"),
                                   text_of(price, "model"), day_of(price),
                                   std::to_string(number_of(price, "version"))};
    for (auto column : columns)
      cells.push_back(price.HasMember(column)
                        ? std::to_string(number_of(price, column))
                        : "-");
    out.add(std::move(cells));
  }
  out.print(to);
  to << "micro-units of currency per million tokens; without a price a "
        "platform call is "
     << (text_of(view, "unknown_price") == "refuse" ? "refused\n"
                                                    : "recorded as unpriced\n");
}

int list(const options& opts) {
  request what{"price.list"};
  return run_and_print(opts, what, print_prices);
}

CLI::App* add(CLI::App& parent, const arguments_ptr& args, const char* name,
              const char* help) {
  auto app = parent.add_subcommand(name, help);
  app->add_option("PROVIDER", args->provider, "For example openai")->required();
  app->add_option("MODEL", args->model, "As the platform asks for it")
    ->required();
  return app;
}

void add_set(CLI::App& price, const arguments_ptr& args,
             chosen_command& chosen) {
  auto app = add(price, args, "set", "Set what a model's tokens cost");
  app->add_option("--from", args->from, "UTC day it counts from (default now)");
  constexpr std::array names
    = {"--input", "--cache-read", "--cache-write", "--output"};
  constexpr std::array helps
    = {"Input that no cache gave", "Input read from the provider's cache",
       "Input written to it", "Output, reasoning included"};
  for (size_t i = 0; i < names.size(); ++i)
    // A negative number would wrap around.
    app->add_option(names[i], args->micro[i], helps[i])
      ->check(CLI::NonNegativeNumber);
  app->footer("In micro-units of currency per million tokens: 2 a million is "
              "2000000.\nA kind of token without a price cannot be billed; a "
              "price of 0 is one.\n"
              "  byollm price set openai gpt-4.1 --input 2000000 \\\n"
              "      --cache-read 500000 --output 8000000 --from 2026-01-01");
  app->callback([&chosen, args] {
    chosen = [args](const options& opts) { return set(opts, *args); };
  });
}

} // namespace

void add_price(CLI::App& app, chosen_command& chosen) {
  auto price
    = app.add_subcommand("price", "What calls on the platform's LLM cost");
  price->require_subcommand(1);
  auto args = std::make_shared<price_arguments>();
  add_set(*price, args, chosen);
  auto removing = add(*price, args, "remove", "Remove a model's prices");
  removing->add_option("--from", args->from, "Only the one from this day");
  removing->callback([&chosen, args] {
    chosen = [args](const options& opts) { return remove(opts, *args); };
  });
  price->add_subcommand("list", "Show all of them")->callback([&chosen] {
    chosen = list;
  });
  auto policy = std::make_shared<std::string>();
  auto unknown = price->add_subcommand(
    "unknown", "What happens to a platform call without a price");
  unknown
    ->add_option("POLICY", *policy, "unpriced: recorded as such; or refuse")
    ->required()
    ->check(CLI::IsMember({"unpriced", "refuse"}));
  unknown->callback([&chosen, policy] {
    chosen
      = [policy](const options& opts) { return set_policy(opts, *policy); };
  });
}

} // namespace byollm::cli
