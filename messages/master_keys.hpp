// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace byollm {

/// A master key as it may be shown.
struct master_key_view {
  uint32_t version = 0;
  /// New keys are wrapped under it.
  bool is_current = false;
  /// How many stored keys it wraps.
  uint64_t wraps = 0;
};

/// How far the wrapping of all stored keys under the current master key came.
struct rewrap_progress {
  /// The current master key.
  uint32_t version = 0;
  /// Wrapped anew since this wrapping began, in this process.
  uint64_t rewrapped = 0;
  /// Still under older master keys.
  uint64_t left = 0;
  /// Of those left: do not open, and stay as they are.
  uint64_t unreadable = 0;
};

using master_key_list = std::vector<master_key_view>;

/// What an admin does about master keys.
struct master_key_change {
  std::string actor = {};
  /// Which one to retire; or whose rotation to follow, instead of a new one.
  uint32_t version = 0;
};

} // namespace byollm
