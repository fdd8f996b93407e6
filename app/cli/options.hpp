// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/process/logging.hpp"

#include <filesystem>
#include <string>

namespace byollm::cli {

/// What a command line says to every command.
struct options {
  std::filesystem::path data_directory = {};
  std::string tenant = "default";
  std::string user = "me";
  std::string extension = "cli";
  /// Print results as JSON.
  bool json = false;
  log_level least = log_level::warning;
  log_format format = log_format::human;
  /// Trust anchors beside the system's.
  std::string ca_file = {};
};

/// Exit codes; `--help` documents them.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;

} // namespace byollm::cli
