// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace byollm::cli {

/// What parsing chose: runs afterwards and returns the exit code.
using chosen_command = std::function<int(const options&)>;

// Each adds its subcommands to `app`; parsing one of them sets `chosen`.
void add_config(CLI::App& app, chosen_command& chosen);
void add_purpose(CLI::App& app, chosen_command& chosen);
void add_price(CLI::App& app, chosen_command& chosen);
void add_usage(CLI::App& app, chosen_command& chosen);
void add_origin(CLI::App& app, chosen_command& chosen);
void add_chat(CLI::App& app, chosen_command& chosen);
void add_resolve(CLI::App& app, chosen_command& chosen);
void add_ledger(CLI::App& app, chosen_command& chosen);
void add_serve(CLI::App& app, chosen_command& chosen);

} // namespace byollm::cli
