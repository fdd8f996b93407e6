// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <string>

namespace byollm::demo {

inline constexpr auto tenant = "demo";

/// Configures the little platform of the demo: the platform's LLM is the
/// stand-in at `standin_url`, spoken to in OpenAI's dialect; some parameters;
/// `ada` brings `own` LLM, `bob` brings none, `cleo` has a local Ollama (the
/// stand-in too). Blocks. Errors: whatever the runtime says.
status prepare(const runtime& rt, const std::string& standin_url,
               llm_settings own);

} // namespace byollm::demo
