// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace byollm::cli {

/// What of an anchor file is sent to the ledger's owner.
struct anchor_lines {
  /// The newest lines that may be anchors, without what stands before them.
  std::string text = {};
  /// Older ones, for which a request has no room.
  size_t left_out = 0;
};

/// Reads an anchor file, which may be a whole system log. Errors: `not_found`
/// if it cannot be read or has no anchor.
expected<anchor_lines> read_anchor_lines(const std::filesystem::path& file);

} // namespace byollm::cli
