// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.hpp"
#include "app/cli/request.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>

namespace byollm::cli {

/// Which records a command means; the tenant is the command line's.
struct ledger_choice {
  std::string turn = {};
  std::string user = {};
  std::string extension = {};
  std::string purpose = {};
  std::string provider = {};
  std::string status = {};
  std::string type = {};
  std::string since = {};
  std::string until = {};
  bool all_tenants = false;

  /// Writes what was chosen.
  void put(const options& opts, request& to) const;
};

/// Adds the options of a `ledger_choice` to a command.
void add_choice(CLI::App& to, const std::shared_ptr<ledger_choice>& choice);

/// Reads a moment in UTC: 2026-11-25, 2026-11-25T20:12:38Z, or milliseconds
/// since 1970.
std::optional<int64_t> read_moment(const std::string& text);

/// Runs `ledger export --format FORMAT`.
int export_ledger(const options& opts, const ledger_choice& choice,
                  const std::string& format);

} // namespace byollm::cli
