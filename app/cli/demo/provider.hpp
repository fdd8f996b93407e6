// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <string>

namespace byollm::demo {

/// What the command line says about the user's own LLM.
struct provider_choice {
  /// "anthropic", "openai" or "ollama"; empty takes the stand-in.
  std::string provider = {};
  std::string model = {};
  std::string base_url = {};

  bool is_real() const noexcept {
    return !provider.empty();
  }
};

/// Returns settings for `choice`, real. A key is taken out of the environment:
/// afterwards it is there no more, not even for child processes. Errors:
/// `invalid_key` naming the variable, `invalid_config`.
expected<llm_settings> real_settings(const provider_choice& choice);

/// Returns a key that opens nothing, new each time: 128 random bits as text.
std::string throwaway_key(std::string_view prefix);

} // namespace byollm::demo
