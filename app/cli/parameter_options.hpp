// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/parameters.hpp"

#include <CLI/CLI.hpp>

namespace byollm::cli {

/// Adds one option per parameter; those given are set in `to`, which must
/// outlive parsing.
void add_parameter_options(CLI::App& app, parameters& to);

} // namespace byollm::cli
