// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace byollm::standin {

/// How the list of models is served.
enum class model_list : uint8_t {
  keyed,     ///< To a good key, as most do.
  is_public, ///< To everybody.
  none       ///< Not at all: 404.
};

/// What the command line may change.
struct options {
  /// Port on 127.0.0.1; 0 lets the kernel choose.
  uint16_t port = 0;

  /// Pause between streamed words, so that a person sees them arrive.
  std::chrono::milliseconds token_delay{30};

  /// Ends when stdin does: a parent that dies leaves nothing behind.
  bool until_stdin_closes = false;

  model_list models = model_list::keyed;

  /// Load mode: canned answers whose text has this many bytes; 0 is off.
  std::size_t fixed_body_bytes = 0;

  /// Load mode: chunks of a streamed answer; 0 is off.
  std::size_t chunks = 0;

  /// Load mode: one chunk each so many milliseconds; 0 sends them at once.
  std::chrono::milliseconds chunk_interval{0};

  /// Returns whether answers are canned instead of composed.
  bool load_mode() const noexcept {
    return fixed_body_bytes > 0 || chunks > 0;
  }
};

} // namespace byollm::standin
