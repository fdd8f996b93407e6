// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/link.hpp"
#include "app/cli/options.hpp"
#include "app/cli/request.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <ostream>

namespace byollm::cli {

/// What parsing chose: runs afterwards and returns the exit code.
using chosen_command = std::function<int(const options&)>;

/// Shows a result to people.
using print_fn = std::function<void(std::ostream&, const rapidjson::Value&)>;

/// Returns what shows every result as `text`.
print_fn say(const char* text);

/// Reports a failure, or shows the result: as JSON with `--json`, else by
/// `print`. Returns the exit code; if `is_well` is given, a failure also if the
/// result's flag of that name is not set.
int print_end(const options& opts, const outcome& end, const print_fn& print,
              const char* is_well = nullptr);

/// Runs an operation and shows its end, as `print_end`.
int run_and_print(const options& opts, request& what, const print_fn& print,
                  const char* is_well = nullptr);

// Each adds its subcommands to `app`; parsing one of them sets `chosen`.
void add_config(CLI::App& app, chosen_command& chosen);
/// Adds `list` to the command `config`.
void add_config_list(CLI::App& config, chosen_command& chosen);
void add_keys(CLI::App& app, chosen_command& chosen);
/// Adds `test` and `models` to the command `config`.
void add_config_test(CLI::App& config, chosen_command& chosen);
void add_purpose(CLI::App& app, chosen_command& chosen);
void add_policy(CLI::App& app, chosen_command& chosen);
/// Adds `rules` to the command `policy`.
void add_rules(CLI::App& policy, chosen_command& chosen);
void add_price(CLI::App& app, chosen_command& chosen);
void add_usage(CLI::App& app, chosen_command& chosen);
void add_origin(CLI::App& app, chosen_command& chosen);
void add_ca(CLI::App& app, chosen_command& chosen);
void add_chat(CLI::App& app, chosen_command& chosen);
void add_resolve(CLI::App& app, chosen_command& chosen);
void add_ledger(CLI::App& app, chosen_command& chosen);
void add_status(CLI::App& app, chosen_command& chosen);
void add_token(CLI::App& app, chosen_command& chosen);
/// Adds what is about client tokens to the command `token`.
void add_client_tokens(CLI::App& token, chosen_command& chosen);
void add_login_link(CLI::App& app, chosen_command& chosen);
void add_serve(CLI::App& app, chosen_command& chosen);

} // namespace byollm::cli
