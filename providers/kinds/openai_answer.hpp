// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <memory>

namespace byollm::kinds {

/// Returns a decoder of OpenAI's answers: JSON, or server-sent events that end
/// with `[DONE]`.
std::unique_ptr<answer_decoder> make_openai_decoder(bool stream);

} // namespace byollm::kinds
