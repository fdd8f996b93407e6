// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/daemon/config.hpp"

#include <span>
#include <string>
#include <string_view>

namespace byollm::daemon {

/// A setting of the configuration file.
struct setting {
  /// With its table: "log.level".
  std::string_view name;
  /// A reload does not change it.
  bool needs_restart;
  bool (*is_same)(const config& one, const config& other);
};

/// All settings, in the order of config_text().
std::span<const setting> settings() noexcept;

/// Returns the names of what differs of those that need a restart, or of the
/// others, with commas between them; empty if nothing does.
std::string changed(const config& from, const config& to, bool needs_restart);

} // namespace byollm::daemon
