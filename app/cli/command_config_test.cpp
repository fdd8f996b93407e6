// SPDX-License-Identifier: Apache-2.0
// config test, config models: what the stored LLM is good for.
#include "app/cli/commands.hpp"
#include "app/cli/link.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

std::string padded(std::string text, size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

// "not_tried" reads better with a space.
std::string in_words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

void print_stages(std::ostream& to, const rapidjson::Value& result) {
  to << text_of(result, "provider") << ' ' << text_of(result, "model") << " at "
     << text_of(result, "origin") << '\n';
  constexpr size_t verdict_width = 16;
  constexpr size_t stage_width = 16;
  for (const auto& stage : result["stages"].GetArray()) {
    auto verdict = text_of(stage, "verdict");
    to << "  " << padded(in_words(verdict), verdict_width)
       << padded(in_words(text_of(stage, "stage")), stage_width);
    if (verdict != "not_tried")
      to << text_of(stage, "text");
    if (auto code = text_of(stage, "code"); code != "none")
      to << " [" << code << ']';
    to << '\n';
  }
  if (!flag_of(result, "ok"))
    std::cerr << "byollm: this LLM is not known to answer; "
                 "`ledger list --turn "
              << text_of(result, "turn") << "` has what was asked\n";
}

void print_models(std::ostream& to, const rapidjson::Value& result) {
  for (const auto& name : result.GetArray())
    to << printable(name.GetString()) << '\n';
}

int test(const options& opts, bool platform) {
  request what{"config.test"};
  what.text("whose", platform ? "platform" : "user").who(opts);
  return run_and_print(opts, what, print_stages, "ok");
}

int models(const options& opts, bool platform) {
  request what{"config.models"};
  what.text("whose", platform ? "platform" : "user").who(opts);
  return run_and_print(opts, what, print_models);
}

void add(CLI::App& config, chosen_command& chosen, const char* name,
         const char* help, int (*run_it)(const options&, bool)) {
  auto app = config.add_subcommand(name, help);
  auto platform = std::make_shared<bool>(false);
  app->add_flag("--platform", *platform,
                "The platform's LLM instead of the user's");
  app->callback([&chosen, platform, run_it] {
    chosen = [platform, run_it](const options& opts) {
      return run_it(opts, *platform);
    };
  });
}

} // namespace

void add_config_test(CLI::App& config, chosen_command& chosen) {
  add(config, chosen, "test",
      "Make a few real, minimal calls and say how far they came", test);
  add(config, chosen, "models", "List the models that the stored key may use",
      models);
}

} // namespace byollm::cli
