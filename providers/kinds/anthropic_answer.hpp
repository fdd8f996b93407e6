// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <memory>

namespace byollm::kinds {

/// Returns a decoder of Anthropic's answers: JSON, or server-sent events that
/// end with `message_stop`.
std::unique_ptr<answer_decoder> make_anthropic_decoder(bool stream);

} // namespace byollm::kinds
