// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access_log/access_log.hpp"
#include "app/http/server.hpp"
#include "app/options.hpp"
#include "app/pages/guard.hpp"
#include "app/process/logging.hpp"
#include "messages/origin.hpp"

#include <filesystem>
#include <string_view>

namespace byollm::daemon {

/// What the configuration file says.
struct config {
  runtime_options runtime = {};
  /// Empty: byollmd.sock in the data directory.
  std::filesystem::path socket = {};
  unsigned socket_mode = 0600;
  std::optional<http::tcp_place> tcp = {};
  /// Other machines may reach it.
  bool is_remote = false;
  /// Where metrics are, for whoever reaches it; unset: nowhere.
  std::optional<http::tcp_place> metrics = {};
  std::vector<std::string> allowed_hosts = {};
  /// Where people find the pages, if behind a proxy.
  pages::site site = {};
  /// Who takes spans; unset: nobody.
  std::optional<base_url> collector = {};
  /// Of the traces that begin here, how many are recorded.
  double trace_ratio = 1;
  log_level least = log_level::info;
  log_format format = log_format::human;
  access_options access = {};
};

/// Reads a configuration file. Errors: `invalid_config`, with the line and the
/// name of what is wrong or not known.
expected<config> read_config(const std::filesystem::path& file);

/// The same from text, for tests; `source` is how errors name it.
expected<config> parse_config(std::string_view text, std::string_view source);

/// A configuration file with every setting, its default and what it means.
std::string_view config_text() noexcept;

} // namespace byollm::daemon
