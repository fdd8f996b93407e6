// SPDX-License-Identifier: Apache-2.0
// byollm: configures a data directory, chats through it, reads its ledger.
#include "app/cli/commands.hpp"
#include "app/cli/link.hpp"

#include <cstdlib>
#include <iostream>

namespace byollm::cli {

namespace {

constexpr auto footer = R"(Five minutes with your own key:
  byollm config set --provider anthropic --model claude-sonnet-4-5
  byollm config test
  byollm chat "Say hello"
  byollm resolve --explain
  byollm ledger list && byollm ledger verify

A local model:
  byollm origin allow http://127.0.0.1:11434
  byollm config set --provider local-ollama --model llama3.2 \
      --base-url http://127.0.0.1:11434 --no-key

Beside a running `byollm serve` or host, commands go through the owner's socket
in the data directory; alone they open the store themselves.

Exit codes: 0 done, 1 failed (stderr says why), 2 wrong usage.)";

// A secret that is shown once, and a full disk, look like success otherwise.
int all_said(int code) {
  if (std::cout.flush() || code == exit_failure)
    return code;
  std::cerr << "byollm: what was done could not be told: stdout takes no "
               "more\n";
  return exit_failure;
}

std::filesystem::path default_directory() {
  if (auto home = std::getenv("HOME"); home && *home)
    return std::filesystem::path{home} / ".local/share/byollm";
  return ".byollm";
}

log_level level_of(const std::string& name) {
  return name == "debug"     ? log_level::debug
         : name == "info"    ? log_level::info
         : name == "warning" ? log_level::warning
                             : log_level::error;
}

void add_options(CLI::App& app, options& opts) {
  app
    .add_option("--data-dir", opts.data_directory,
                "Store, keys and ledger (default ~/.local/share/byollm)")
    ->envname("BYOLLM_DATA");
  app.add_option("--tenant", opts.tenant, "Tenant (default \"default\")");
  app.add_option("--user", opts.user, "User (default \"me\")");
  app.add_option("--extension", opts.extension, "Extension (default \"cli\")");
  app.add_option("--ca-file", opts.ca_file,
                 "PEM file with trust anchors beside the system's, for a "
                 "command that is not beside an owner");
  app.add_flag("--json", opts.json, "Print results (and failures) as JSON");
  app
    .add_option_function<std::string>(
      "--log-level", [&](const std::string& x) { opts.least = level_of(x); },
      "To stderr, from this level up (default warning)")
    ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app
    .add_option_function<std::string>(
      "--log-format",
      [&](const std::string& x) {
        opts.format = x == "json" ? log_format::json : log_format::human;
      },
      "Default human")
    ->check(CLI::IsMember({"human", "json"}));
}

// `runtime::start` makes the directory itself; here only what stands above it.
status make_parents(const std::filesystem::path& directory) {
  std::error_code ec;
  if (auto above = std::filesystem::absolute(directory, ec).parent_path();
      !ec && !above.empty())
    std::filesystem::create_directories(above, ec);
  if (ec)
    return failure{errc::store_unavailable,
                   "the directory above the data directory cannot be made: "
                     + ec.message()};
  return unit{};
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Bring your own LLM: who answers, with which parameters, on "
               "whose bill.",
               "byollm"};
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(footer);
  options opts;
  opts.data_directory = default_directory();
  chosen_command chosen;
  add_options(app, opts);
  add_config(app, chosen);
  add_keys(app, chosen);
  add_purpose(app, chosen);
  add_policy(app, chosen);
  add_price(app, chosen);
  add_origin(app, chosen);
  add_ca(app, chosen);
  add_chat(app, chosen);
  add_resolve(app, chosen);
  add_ledger(app, chosen);
  add_usage(app, chosen);
  add_status(app, chosen);
  add_token(app, chosen);
  add_login_link(app, chosen);
  add_serve(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  if (auto made = make_parents(opts.data_directory); !made)
    return report(opts, made.error());
  return all_said(chosen(opts));
}

} // namespace

} // namespace byollm::cli

int main(int argc, char** argv) {
  try {
    return byollm::cli::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "byollm: " << error.what() << '\n';
    return byollm::cli::exit_failure;
  }
}
